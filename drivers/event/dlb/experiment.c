/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_pmd_dlb.h: raw QEs, faults, and what the model of an embedded device has to say. */
#include <errno.h>
#include <string.h>

#include "dlb_model.h"

#include "backend.h"
#include "control.h"
#include "evdev.h"
#include "log.h"
#include "rte_pmd_dlb.h"

_Static_assert(sizeof(struct rte_pmd_dlb_qe) == sizeof(struct dlb_qe), "a QE is a QE");

static void
qe_inject(struct dlb_evdev *evdev, const struct dlb_member *m, const struct rte_pmd_dlb_qe line[4])
{
	struct dlb_qe qes[DLB_QES_PER_LINE] __rte_cache_aligned;
	uint32_t i;

	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		qes[i] = (struct dlb_qe){
			.data = line[i].data,
			.opaque = line[i].opaque,
			.qid = line[i].queue,
			.sched = line[i].sched,
			.lock_id = line[i].lock_id,
			.misc = line[i].misc,
			.cmd = line[i].cmd,
		};
	}
	evdev->bus->ops->pp_write(evdev->bus, (enum dlb_kind)m->kind, dlb_port_id(m->port), qes);
}

int
rte_pmd_dlb_qe_inject(uint8_t dev_id, uint8_t port_id, uint8_t member,
		      const struct rte_pmd_dlb_qe line[4])
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_member(evdev, port_id, member);
	if (ret == 0)
		qe_inject(evdev, &dlb_evdev_port(evdev, port_id)->members[member], line);
	dlb_control_put(evdev);
	return ret;
}

int
rte_pmd_dlb_fault_stall(uint8_t dev_id, uint8_t port_id, bool stall)
{
	const struct dlb_event_port *port;
	struct dlb_evdev *evdev;
	uint32_t m;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = dlb_control_check_member(evdev, port_id, 0);
	if (ret == 0) {
		port = dlb_evdev_port(evdev, port_id);
		for (m = 0; m < port->nb_members; m++)
			dlb_port_enable(port->members[m].port, !stall);
	}
	dlb_control_put(evdev);
	return ret;
}

static int
model_check(const struct dlb_evdev *evdev, const char *what)
{
	if (evdev->backend->model_lock != NULL)
		return 0;
	DLB_LOG(ERR, evdev, "%s: only an embedded device has a model for that", what);
	return -ENOTSUP;
}

int
rte_pmd_dlb_fault_corrupt(uint8_t dev_id, uint8_t port_id, uint8_t member)
{
	const struct dlb_member *m;
	struct dlb_model *model;
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = model_check(evdev, "corrupt entry");
	if (ret == 0)
		ret = dlb_control_check_member(evdev, port_id, member);
	if (ret == 0) {
		m = &dlb_evdev_port(evdev, port_id)->members[member];
		model = evdev->backend->model_lock(evdev->bus);
		dlb_model_inject_error(model, (enum dlb_kind)m->kind, dlb_port_id(m->port));
		evdev->backend->model_unlock(evdev->bus);
	}
	dlb_control_put(evdev);
	return ret;
}

/* The register counts entries that are not paid for, and may be written. */
static int
tokens_lose(struct dlb_evdev *evdev, const struct dlb_member *m, uint16_t tokens)
{
	static const enum dlb_reg counts[DLB_KIND_COUNT] = {
		[DLB_LDB] = DLB_LSP_CQ_LDB_TKN_CNT,
		[DLB_DIR] = DLB_LSP_CQ_DIR_TKN_CNT,
	};
	uint32_t depth = m->cq_mask + 1u;
	uint32_t id = dlb_port_id(m->port);
	uint32_t count = dlb_device_csr_read(evdev->device, counts[m->kind], id);
	uint32_t left = depth - RTE_MIN(depth, count);

	if (tokens < 1 || tokens > left) {
		DLB_LOG(ERR, evdev, "tokens %u: accepted are 1 to %u", tokens, left);
		return -EINVAL;
	}
	return dlb_device_csr_write(evdev->device, counts[m->kind], id, count + tokens);
}

int
rte_pmd_dlb_fault_tokens(uint8_t dev_id, uint8_t port_id, uint8_t member, uint16_t tokens)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = model_check(evdev, "lost tokens");
	if (ret == 0)
		ret = dlb_control_check_member(evdev, port_id, member);
	if (ret == 0)
		ret = tokens_lose(evdev, &dlb_evdev_port(evdev, port_id)->members[member], tokens);
	dlb_control_put(evdev);
	return ret;
}

static int
lint_list(struct dlb_evdev *evdev, struct rte_pmd_dlb_lint rules[], uint32_t size)
{
	struct dlb_model *model = evdev->backend->model_lock(evdev->bus);
	uint32_t rule;

	for (rule = 0; rule < DLB_LINT_COUNT && rule < size; rule++)
		rules[rule] = (struct rte_pmd_dlb_lint){
			.name = dlb_lint_name((enum dlb_lint)rule),
			.findings = dlb_model_lint_count(model, (enum dlb_lint)rule),
		};
	evdev->backend->model_unlock(evdev->bus);
	return DLB_LINT_COUNT;
}

int
rte_pmd_dlb_lint_get(uint8_t dev_id, struct rte_pmd_dlb_lint rules[], uint32_t size)
{
	struct dlb_evdev *evdev;
	int ret;

	evdev = dlb_control_take(dev_id, &ret);
	if (evdev == NULL)
		return ret;
	ret = model_check(evdev, "lint");
	if (ret == 0)
		ret = lint_list(evdev, rules, size);
	dlb_control_put(evdev);
	return ret;
}
