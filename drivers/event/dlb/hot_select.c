/* SPDX-License-Identifier: BSD-3-Clause */
/* Which variant of the data path a device runs: by its transport and CQs, the CPU, and EAL's leave. */
#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "hot.h"

#define ISA_FLAGS_MAX 4

static const struct isa {
	const char *name;
	uint16_t width_bits; /* of its vectors, against rte_vect_get_max_simd_bitwidth() */
	uint16_t nb_flags;
	enum rte_cpu_flag_t flags[ISA_FLAGS_MAX];
} isas[DLB_ISA_COUNT] = {
	[DLB_ISA_SCALAR] = { .name = "scalar" },
	[DLB_ISA_AVX2] = { "AVX2", RTE_VECT_SIMD_256, 1, { RTE_CPUFLAG_AVX2 } },
	[DLB_ISA_AVX512] = { "AVX-512",
			     RTE_VECT_SIMD_512,
			     4,
			     { RTE_CPUFLAG_AVX512F, RTE_CPUFLAG_AVX512BW, RTE_CPUFLAG_AVX512VL,
			       RTE_CPUFLAG_AVX512VBMI } },
};

static const struct dlb_hot_ops *const variants[DLB_TRANSPORT_COUNT][DLB_ISA_COUNT] = {
	[DLB_TRANSPORT_RING] = { dlb_hot_ring_scalar, dlb_hot_ring_avx2, dlb_hot_ring_avx512 },
	[DLB_TRANSPORT_MOVDIR64B] = { dlb_hot_movdir64b_scalar, dlb_hot_movdir64b_avx2,
				      dlb_hot_movdir64b_avx512 },
	[DLB_TRANSPORT_STORES] = { dlb_hot_stores_scalar, dlb_hot_stores_avx2,
				   dlb_hot_stores_avx512 },
};

static bool
isa_is_usable(const struct isa *isa)
{
	uint32_t i;

	if (isa->width_bits > rte_vect_get_max_simd_bitwidth())
		return false;
	for (i = 0; i < isa->nb_flags; i++) {
		if (rte_cpu_get_flag_enabled(isa->flags[i]) != 1)
			return false;
	}
	return true;
}

enum dlb_isa
dlb_isa_choose(void)
{
	enum dlb_isa isa = DLB_ISA_COUNT - 1;

	while (isa > DLB_ISA_SCALAR && !isa_is_usable(&isas[isa]))
		isa--;
	return isa;
}

const char *
dlb_isa_name(enum dlb_isa isa)
{
	return isas[isa].name;
}

const struct dlb_hot_ops *
dlb_hot_ops_find(enum dlb_transport transport, enum dlb_isa isa, enum dlb_cq_mode cq_mode)
{
	return &variants[transport][isa][cq_mode];
}
