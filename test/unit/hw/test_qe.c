/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queue entries, byte for byte: the worked examples of the data path document, "Worked examples" of
 * the enqueue QE and the examples of the dequeue QE.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dlb_qe.h"

#define PAYLOAD 0x1122334455667788ull
#define OPAQUE 0x3072
#define FLOW 0xbeef
#define PAYLOAD_BYTES 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11
#define OPAQUE_BYTES 0x72, 0x30
#define ZEROS_8 0, 0, 0, 0, 0, 0, 0, 0

static void
enqueue_entries_are_the_worked_examples(void **state)
{
	const struct {
		const char *name;
		struct dlb_qe qe;
		uint8_t bytes[sizeof(struct dlb_qe)];
	} rows[] = {
		{ "new, atomic",
		  { PAYLOAD, OPAQUE, 5, dlb_qe_sched(DLB_SCHED_ATOMIC, 2, 0), FLOW, 0,
		    DLB_CMD_NEW },
		  { PAYLOAD_BYTES, OPAQUE_BYTES, 0x05, 0x08, 0xef, 0xbe, 0x00, 0x08 } },
		{ "forward, ordered",
		  { PAYLOAD, OPAQUE, 6, dlb_qe_sched(DLB_SCHED_ORDERED, 7, 0), FLOW, 0,
		    DLB_CMD_FWD },
		  { PAYLOAD_BYTES, OPAQUE_BYTES, 0x06, 0x1e, 0xef, 0xbe, 0x00, 0x0a } },
		{ "forward and one token, atomic",
		  { PAYLOAD, OPAQUE, 6, dlb_qe_sched(DLB_SCHED_ATOMIC, 2, 0), FLOW, 0,
		    DLB_CMD_FWD_T },
		  { PAYLOAD_BYTES, OPAQUE_BYTES, 0x06, 0x08, 0xef, 0xbe, 0x00, 0x0b } },
		{ "fragment, atomic",
		  { PAYLOAD, OPAQUE, 6, dlb_qe_sched(DLB_SCHED_ATOMIC, 2, 0), FLOW, 0,
		    DLB_CMD_FRAG },
		  { PAYLOAD_BYTES, OPAQUE_BYTES, 0x06, 0x08, 0xef, 0xbe, 0x00, 0x0c } },
		{ "new, unordered, weight 8",
		  { PAYLOAD, OPAQUE, 6, dlb_qe_sched(DLB_SCHED_UNORDERED, 4, 0), 0, DLB_QE_WEIGHT,
		    DLB_CMD_NEW },
		  { PAYLOAD_BYTES, OPAQUE_BYTES, 0x06, 0x11, 0x00, 0x00, 0x06, 0x08 } },
		{ "new, directed, echo word in the lock id",
		  { PAYLOAD, OPAQUE, 9, dlb_qe_sched(DLB_SCHED_DIRECTED, 3, 0), 0x0f09, 0,
		    DLB_CMD_NEW },
		  { PAYLOAD_BYTES, OPAQUE_BYTES, 0x09, 0x0f, 0x09, 0x0f, 0x00, 0x08 } },
		{ "release", { .cmd = DLB_CMD_REL }, { [15] = 0x02 } },
		{ "release and one token", { .cmd = DLB_CMD_REL_POP }, { [15] = 0x03 } },
		{ "token pop of 1", dlb_qe_pop(1), { [15] = 0x01 } },
		{ "token pop of 4", dlb_qe_pop(4), { [12] = 0x03, [15] = 0x01 } },
		{ "token pop of 16", dlb_qe_pop(16), { [12] = 0x0f, [15] = 0x01 } },
		{ "token pop of 1024",
		  dlb_qe_pop(DLB_QE_POP_MAX),
		  { [12] = 0xff, 0x03, 0x00, 0x01 } },
		{ "arm interrupt", { .cmd = DLB_CMD_ARM }, { [15] = 0x05 } },
		{ "no-op", { .cmd = DLB_CMD_NOOP }, { ZEROS_8, ZEROS_8 } },
		{ "the QE of a probe",
		  { .lock_id = 1, .cmd = DLB_CMD_REL_POP },
		  { [12] = 0x01, [15] = 0x03 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (memcmp(&rows[i].qe, rows[i].bytes, sizeof(rows[i].bytes)) != 0)
			fail_msg("%s: other bytes than in the document", rows[i].name);
}

/* Three forwards and the three tokens they owe: one store retires a burst. */
static void
a_line_is_the_worked_example(void **state)
{
	const uint8_t sched = dlb_qe_sched(DLB_SCHED_ATOMIC, 2, 0);
	const struct dlb_qe line[DLB_QES_PER_LINE] = {
		{ 0xa0a0, OPAQUE, 6, sched, 1, 0, DLB_CMD_FWD },
		{ 0xa0a1, OPAQUE, 6, sched, 2, 0, DLB_CMD_FWD },
		{ 0xa0a2, OPAQUE, 6, sched, 3, 0, DLB_CMD_FWD },
		dlb_qe_pop(3),
	};
	static const uint8_t bytes[DLB_LINE_BYTES] = {
		0xa0, 0xa0, 0, 0, 0, 0, 0, 0, 0x72, 0x30, 0x06, 0x08, 0x01, 0x00, 0x00, 0x0a,
		0xa1, 0xa0, 0, 0, 0, 0, 0, 0, 0x72, 0x30, 0x06, 0x08, 0x02, 0x00, 0x00, 0x0a,
		0xa2, 0xa0, 0, 0, 0, 0, 0, 0, 0x72, 0x30, 0x06, 0x08, 0x03, 0x00, 0x00, 0x0a,
		0x00, 0x00, 0, 0, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x01,
	};

	(void)state;
	assert_int_equal(sizeof(line), DLB_LINE_BYTES);
	assert_memory_equal(line, bytes, sizeof(bytes));
}

static void
dequeue_entries_are_the_examples(void **state)
{
	static const struct {
		uint8_t bytes[sizeof(struct dlb_cqe)];
		uint8_t qid, gen, depth, error;
		enum dlb_sched type;
		uint8_t priority;
	} rows[] = {
		/* lap 0, queue between 75 % and 100 % of its threshold */
		{ { PAYLOAD_BYTES, OPAQUE_BYTES, 0x05, 0x08, 0xef, 0xbe, 0xa5, 0x05 },
		  5,
		  1,
		  2,
		  0,
		  DLB_SCHED_ATOMIC,
		  2 },
		/* lap 1, below 50 % */
		{ { PAYLOAD_BYTES, OPAQUE_BYTES, 0x05, 0x08, 0xef, 0xbe, 0xa5, 0x00 },
		  5,
		  0,
		  0,
		  0,
		  DLB_SCHED_ATOMIC,
		  2 },
		/* directed, lap 0: bytes 10 and 11 are what was enqueued in 12 and 13 */
		{ { PAYLOAD_BYTES, OPAQUE_BYTES, 0x09, 0x0f, 0xa5, 0xa5, 0xa5, 0x01 },
		  9,
		  1,
		  0,
		  0,
		  DLB_SCHED_DIRECTED,
		  3 },
		/* error, lap 0 */
		{ { PAYLOAD_BYTES, OPAQUE_BYTES, 0x05, 0x08, 0xef, 0xbe, 0xa5, 0x21 },
		  5,
		  1,
		  0,
		  1,
		  DLB_SCHED_ATOMIC,
		  2 },
	};
	struct dlb_cqe cqe;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(&cqe, rows[i].bytes, sizeof(cqe));
		assert_true(cqe.data == PAYLOAD);
		assert_int_equal(cqe.opaque, OPAQUE);
		assert_int_equal(cqe.qid, rows[i].qid);
		assert_int_equal(dlb_qe_sched_type(cqe.sched), rows[i].type);
		assert_int_equal(dlb_qe_priority(cqe.sched), rows[i].priority);
		assert_int_equal(cqe.flags & DLB_CQE_GEN, rows[i].gen);
		assert_int_equal((cqe.flags & DLB_CQE_DEPTH) >> 1, rows[i].depth);
		assert_int_equal((cqe.flags & DLB_CQE_ERROR) != 0, rows[i].error);
		if (rows[i].type != DLB_SCHED_DIRECTED)
			assert_int_equal(cqe.flow_id, FLOW);
	}
}

static void
byte_11_keeps_its_three_fields_apart(void **state)
{
	uint32_t type, priority, msg;

	(void)state;
	for (type = 0; type < 4; type++)
		for (priority = 0; priority < DLB_PRIORITIES; priority++)
			for (msg = 0; msg < 8; msg++) {
				uint8_t sched = dlb_qe_sched((enum dlb_sched)type, priority, msg);

				assert_int_equal(dlb_qe_sched_type(sched), type);
				assert_int_equal(dlb_qe_priority(sched), priority);
				assert_int_equal((sched & DLB_QE_MSG_TYPE) >> 5, msg);
			}
	assert_int_equal(DLB_QE_SCHED | DLB_QE_PRIORITY | DLB_QE_MSG_TYPE, 0xff);
	assert_int_equal(DLB_QE_SCHED & DLB_QE_PRIORITY, 0);
}

/* First lap 1, and another at every wrap, as in "Generation bit" of the data path document. */
static void
the_generation_bit_flips_every_lap(void **state)
{
	uint32_t log2_ring, index;

	(void)state;
	for (log2_ring = 3; log2_ring <= 10; log2_ring++)
		for (index = 0; index < 4u << log2_ring; index++)
			assert_int_equal(dlb_cqe_gen(index, log2_ring),
					 ((index >> log2_ring) + 1) % 2);
	assert_int_equal(dlb_cqe_gen(7, 3), 1);
	assert_int_equal(dlb_cqe_gen(8, 3), 0);
	assert_int_equal(dlb_cqe_gen(16, 3), 1);
	/* A running index wraps after 2^32 entries, in the middle of no lap. */
	assert_int_equal(dlb_cqe_gen(UINT32_MAX, 3), 0);
}

static void
sparse_entries_have_a_line_each(void **state)
{
	(void)state;
	assert_int_equal(dlb_cq_stride(DLB_CQ_DENSE), 16);
	assert_int_equal(dlb_cq_stride(DLB_CQ_SPARSE), DLB_LINE_BYTES);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(enqueue_entries_are_the_worked_examples),
		cmocka_unit_test(a_line_is_the_worked_example),
		cmocka_unit_test(dequeue_entries_are_the_examples),
		cmocka_unit_test(byte_11_keeps_its_three_fields_apart),
		cmocka_unit_test(the_generation_bit_flips_every_lap),
		cmocka_unit_test(sparse_entries_have_a_line_each),
	};

	return cmocka_run_group_tests_name("queue entries", tests, NULL, NULL);
}
