/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * To be loaded ahead of a program (LD_PRELOAD): MOVDIR64B on a CPU that has none. The instruction raises
 * SIGILL there; a handler decodes it, and stores the line in four pieces, which the device model behind
 * the page puts together. So drivers that know no other way to write to a DLB run here, too.
 */
#include <emmintrin.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define PIECES 4

/* 66 [REX] 0F 38 F8 /r: the register operand is the address of the line's 64 bytes to be. */
#define PREFIX 0x66
#define REX_MASK 0xf0
#define REX 0x40
#define REX_R 0x04
#define REX_X 0x02
#define REX_B 0x01
static const uint8_t opcode[] = { 0x0f, 0x38, 0xf8 };

enum { MODE_INDIRECT, MODE_BYTE, MODE_WORD, MODE_REGISTER };
#define RM_SIB 4
#define RM_IP_RELATIVE 5
#define INDEX_NONE 4

/* Registers in the order of their numbers in an instruction. */
static const int registers[] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
				 REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
				 REG_R12, REG_R13, REG_R14, REG_R15 };

struct instruction {
	const uint8_t *at; /* the next byte of it */
	uint8_t rex;
	void *to;
	const void *from;
};

static uint64_t
register_value(const greg_t *r, uint32_t number, bool extended)
{
	return (uint64_t)r[registers[number | (extended ? 8u : 0)]];
}

static int64_t
displacement(struct instruction *i, uint32_t size_bytes)
{
	int8_t byte;
	int32_t word;

	memcpy(&byte, i->at, sizeof(byte));
	memcpy(&word, i->at, sizeof(word));
	i->at += size_bytes;
	return size_bytes == 0 ? 0 : size_bytes == 1 ? byte : word;
}

/* The address that mode, register and what follows them stand for. */
static uint64_t
operand_address(struct instruction *i, const greg_t *r, uint32_t mode, uint32_t rm)
{
	uint32_t base = rm, index = INDEX_NONE, scale = 0;
	uint64_t address = 0;

	if (rm == RM_SIB) {
		base = *i->at & 7;
		index = *i->at >> 3 & 7;
		scale = *i->at++ >> 6;
	}
	if (mode == MODE_INDIRECT && base == RM_IP_RELATIVE) {
		address = (uint64_t)displacement(i, 4);
		if (rm == RM_IP_RELATIVE)
			return address + (uintptr_t)i->at;
	} else {
		address = register_value(r, base, i->rex & REX_B);
		address += (uint64_t)displacement(i, mode == MODE_WORD ? 4 : mode == MODE_BYTE);
	}
	if (index != INDEX_NONE || i->rex & REX_X)
		address += register_value(r, index, i->rex & REX_X) << scale;
	return address;
}

static bool
decode(struct instruction *i, const greg_t *r)
{
	uint32_t mode, reg, rm;

	if (*i->at++ != PREFIX)
		return false;
	if ((*i->at & REX_MASK) == REX)
		i->rex = *i->at++;
	if (memcmp(i->at, opcode, sizeof(opcode)) != 0)
		return false;
	i->at += sizeof(opcode);
	mode = *i->at >> 6;
	reg = *i->at >> 3 & 7;
	rm = *i->at++ & 7;
	if (mode == MODE_REGISTER)
		return false;
	i->to = (void *)register_value(r, reg, i->rex & REX_R);
	i->from = (const void *)operand_address(i, r, mode, rm);
	return true;
}

static void
emulate(int number, siginfo_t *info, void *context)
{
	greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct instruction i = { .at = (const uint8_t *)r[REG_RIP] };
	volatile __m128i *to;
	__m128i line[PIECES];
	uint32_t piece;

	(void)info;
	if (!decode(&i, r)) {
		signal(number, SIG_DFL); /* some other instruction: let it have its way */
		return;
	}
	to = i.to;
	memcpy(line, i.from, sizeof(line));
	for (piece = 0; piece < PIECES; piece++)
		to[piece] = line[piece];
	r[REG_RIP] = (greg_t)i.at;
}

static void __attribute__((constructor)) catch_illegal_instructions(void)
{
	struct sigaction action = { .sa_sigaction = emulate, .sa_flags = SA_SIGINFO | SA_NODEFER };

	if (sigaction(SIGILL, &action, NULL) != 0)
		abort();
}
