/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How lines are stored to a producer port. MOVDIR64B is executed everywhere: where the CPU has it, by the
 * CPU; elsewhere it raises SIGILL, and a handler decodes the bytes that were really there and does what
 * the instruction would.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include <cmocka.h>

#include <rte_cpuflags.h>

#include "line_store.h"

#define LINES 3

/* 66 0F 38 F8 /r: the destination address is in the register, the source is the memory operand. */
static const uint8_t opcode[] = { 0x66, 0x0f, 0x38, 0xf8 };
#define OPCODE_BYTES 5

static volatile sig_atomic_t emulated;

/* Registers in the order of their numbers in an instruction. */
static const int registers[] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX,
				 REG_RSP, REG_RBP, REG_RSI, REG_RDI };

static void
emulate(int signal, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *r = uc->uc_mcontext.gregs;
	const uint8_t *code = (const uint8_t *)r[REG_RIP];
	uint8_t modrm = code[sizeof(opcode)];
	uint32_t mode = modrm >> 6, rm = modrm & 7;

	(void)signal;
	(void)info;
	/* Plain register-indirect addressing is all that this handler knows; the rest must not occur. */
	if (memcmp(code, opcode, sizeof(opcode)) != 0 || mode != 0 || rm == 4 || rm == 5)
		abort();
	memcpy((void *)r[registers[modrm >> 3 & 7]], (const void *)r[registers[rm]],
	       DLB_LINE_BYTES);
	r[REG_RIP] += OPCODE_BYTES;
	emulated++;
}

/* Inside a test: cmocka has handlers of its own until then. */
static void
catch_illegal_instructions(void)
{
	struct sigaction action = { .sa_sigaction = emulate, .sa_flags = SA_SIGINFO };

	assert_int_equal(sigaction(SIGILL, &action, NULL), 0);
}

static void
line_fill(struct dlb_qe line[DLB_QES_PER_LINE], uint32_t seed)
{
	uint32_t i;

	memset(line, 0, DLB_LINE_BYTES);
	for (i = 0; i < DLB_QES_PER_LINE; i++) {
		line[i].data = UINT64_C(0x1122334455667788) * (seed + i);
		line[i].qid = (uint8_t)(seed + i);
		line[i].cmd = DLB_CMD_NEW;
	}
}

/* The compiler must not drop the stores that build the line, nor move them behind the instruction. */
static void
movdir64b_moves_a_line(void **state)
{
	struct dlb_qe page[LINES][DLB_QES_PER_LINE] __attribute__((aligned(DLB_LINE_BYTES)));
	struct dlb_qe line[DLB_QES_PER_LINE] __attribute__((aligned(DLB_LINE_BYTES)));
	struct dlb_qe want[DLB_QES_PER_LINE];
	uint32_t i;

	(void)state;
	catch_illegal_instructions();
	emulated = 0;
	for (i = 0; i < LINES; i++) {
		line_fill(line, i * 16);
		dlb_line_movdir64b(page[i], line);
	}
	for (i = 0; i < LINES; i++) {
		line_fill(want, i * 16);
		assert_memory_equal(page[i], want, DLB_LINE_BYTES);
	}
	assert_int_equal(emulated, rte_cpu_get_flag_enabled(RTE_CPUFLAG_MOVDIR64B) > 0 ? 0 : LINES);
}

static void
plain_stores_move_a_line(void **state)
{
	struct dlb_qe page[DLB_QES_PER_LINE] __attribute__((aligned(DLB_LINE_BYTES)));
	struct dlb_qe line[DLB_QES_PER_LINE] __attribute__((aligned(DLB_LINE_BYTES)));

	(void)state;
	line_fill(line, 7);
	dlb_line_store(page, line);
	assert_memory_equal(page, line, DLB_LINE_BYTES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(movdir64b_moves_a_line),
		cmocka_unit_test(plain_stores_move_a_line),
	};

	return cmocka_run_group_tests_name("line_store", tests, NULL, NULL);
}
