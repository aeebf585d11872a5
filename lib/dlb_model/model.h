/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of a model, laid out by who touches it together, and what its files offer each other.
 * Only files of this folder include this header.
 *
 * Index 0 of every list means "none", so that state which is all zeroes is a device after a reset.
 * Registers may hold anything: what they say is clamped where it is used, never trusted.
 */
#ifndef MODEL_H
#define MODEL_H

#include <string.h>

#include "dlb_hw.h"
#include "dlb_model.h"
#include "dlb_qe.h"
#include "dlb_reg.h"

#define MODEL_CONFIG_BYTES 4096

/* What every QE passes through is one stretch of code, whatever the compiler thinks of its size. */
#define QE_INLINE static __attribute__((always_inline)) inline

/* A function has 100 ms for its reset; half of it leaves room for a caller with a coarse clock. */
#define MODEL_FLR_US 50000
#define MODEL_POWER_UP_US 100

/*
 * Where public sources leave the device open, the model has to choose. Each choice has a number
 * there.
 */
#define CHOICE_WEIGHT_CODE_0 1  /* choice: datapath.md 13.5, or 0: DLB_CHOICE_WEIGHTLESS */
#define CHOICE_FRAGMENTS_MAX 16 /* choice: datapath.md 13.9 and 13.19, both generations */
#define CHOICE_DIR_FLOW_ID 0    /* choice: datapath.md 13.3, bytes 12-13 that a directed CQ gets */
#define CHOICE_AID_ILLEGAL_PP 0 /* choice: datapath.md 13.17 */
#define CHOICE_AID_ILLEGAL_LDB_QID_CFG 2 /* choice: datapath.md 13.17 */
#define CHOICE_BOOST_STEP 101  /* choice: datapath.md 13.20, odd: the draw visits all 256 values */
#define CHOICE_TICK_US 1       /* choice: datapath.md 13.16, unit of the intervals of timers */
#define CHOICE_SLOW_TICK_US 64 /* DLB_CHOICE_SLOW_TICKS */
#define CHOICE_FULL_EARLY 4    /* DLB_CHOICE_FULL_EARLY, entries that stay free */
#define CHOICE_SERVE_MIN 4     /* QEs for one CQ before the next CQ has its turn, at least */
#define CHOICE_SERVE_MAX 128   /* and at most */
#define CHOICE_QUEUE_TURN 4    /* QEs of one queue before the CQ's next has its turn, at least */
#define CHOICE_QUEUE_TURN_LONG 16 /* a turn of so many is worth making longer still */

/* QEs or flows in order: indices of nodes that are chained elsewhere. */
struct fifo {
	uint16_t head, tail;
};

/* A QE in the device. */
struct stored_qe {
	uint64_t data;
	/* As enqueued, but for the command's place: whose credit it holds; DLB_DOMAINS: nobody's. */
	uint64_t word;
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct stored_qe) == sizeof(struct dlb_qe), "a stored QE is a QE");

#define STORED_DOMAIN_SHIFT DLB_QE_CMD_SHIFT
#define STORAGE_ROW DLB_QES_PER_LINE
#define STORAGE_NODES (2 * DLB_CREDITS_MAX + STORAGE_ROW)
#define STORAGE_ROWS ((STORAGE_NODES / STORAGE_ROW + 7) & ~7)

_Static_assert(STORAGE_NODES <= UINT16_MAX, "a node has a number");

/*
 * A flow of an atomic queue: its QEs that are staged, where the queue counts them, and those that are
 * scheduled and not completed. No bit is set: it is not tracked.
 */
#define FLOW_OUTSTANDING 0x00000fffu /* not 0: the flow is locked */
#define FLOW_CQ 0x0003f000u          /* and this CQ holds the lock */
#define FLOW_STAGED 0x3ffc0000u
#define FLOW_PARKED 0x40000000u /* some of those staged are parked */

_Static_assert(DLB_HIST_ENTRIES <= FLOW_OUTSTANDING && DLB_LDB_PORTS == 64 &&
		       DLB_AQED_ENTRIES <= FLOW_STAGED >> 18,
	       "what a flow counts fits");

/*
 * QEs that were found at the head of their queue while another CQ held their flow, and those of
 * the flow that came to the head since. On a list of the holder while the flow is locked, then on
 * one of the queue.
 */
struct parked_flow {
	uint16_t key;
	struct fifo staged; /* sorted by bin */
	uint16_t next, prev;
	uint8_t bin; /* of the first: the list the flow is on */
} __attribute__((aligned(16)));

#define PARKED_MAX DLB_AQED_ENTRIES
#define LOCK_IDS 65536

/* What only queues with atomic traffic touch; the rest of it is never paged in. */
struct flow_table {
	uint32_t flow[LOCK_IDS];      /* by key: lock id after compression */
	uint16_t parked_of[LOCK_IDS]; /* where FLOW_PARKED is set */
	struct parked_flow parked[PARKED_MAX + 1];
	struct fifo locked[DLB_LDB_PORTS][DLB_BINS];
	uint8_t locked_bins[DLB_LDB_PORTS];
};

/* How a lock id becomes the key of a flow. */
struct flow_key_format {
	uint32_t multiplier, shift;
};

struct ldb_queue {
	/*
	 * The stations of a QE: unordered and ordered; atomic; atomic and staged; staged, parked,
	 * and its flow free again (lists of flows).
	 */
	struct fifo nalb[DLB_BINS];
	struct fifo waiting[DLB_BINS];
	struct fifo ready[DLB_BINS];
	struct fifo released[DLB_BINS];
	uint8_t nalb_bins, waiting_bins; /* bit b: bin b is not empty */
	uint8_t ready_bins, released_bins;
	bool atomic_next; /* the two parts take turns */
	bool has_sn;
	struct flow_key_format key;

	uint16_t nalb_count, waiting_count, staged_count;
	uint16_t inflight, inflight_limit;
	uint16_t aqed_limit, fid_limit;
	uint16_t flows_tracked, parked_free, parked_high;
	bool has_flows;     /* the flow table has been used */
	bool counts_staged; /* its words count staged QEs; see atomic.h */
	bool key_stale;     /* the width of keys has been written, and is not in force yet */
	uint16_t nalb_threshold, atomic_threshold;
	uint16_t sn_next; /* to be assigned */
	uint8_t sn_group, sn_slot;
	uint16_t nalb_max_depth;
	uint64_t nalb_enqueued, atomic_enqueued;
} __attribute__((aligned(64)));

struct dir_queue {
	struct fifo bin[DLB_BINS];
	uint8_t bins;
	uint16_t count, threshold, max_depth;
	uint64_t enqueued;
} __attribute__((aligned(32)));

/* A producer port and the consumer queue of the same number. */
struct port {
	uint8_t *ring; /* where entries are written; NULL: entry_write() does that */
	uint16_t wptr; /* runs on; the low bits address the ring, the next one is the lap */
	uint16_t ring_mask;
	uint8_t ring_log2, stride_log2;
	bool enabled;
	bool throttled; /* by the inflight threshold */
	uint16_t tokens, token_limit;
	uint16_t token_floor; /* tokens that software withholds: the count it wrote last */
	uint16_t inflight, inflight_limit;
	uint16_t hist_push, hist_pop; /* as the registers hold them, lap bit included */
	uint16_t hist_base, hist_limit;
	uint32_t load, load_limit; /* in QE weights */
	uint32_t queues;           /* LDB queues mapped to this CQ */
	uint32_t locked;           /* LDB queues with staged QEs of flows that this CQ holds */
	bool valid;                /* the producer port accepts writes */
	uint8_t domain;            /* of the producer port: decides which queues it may write */
	uint8_t credit_domain;     /* of the CQ: whose credits it takes */
	uint8_t last_queue;

	uint64_t scheduled;
	uint32_t level[DLB_BINS]; /* queues, by service priority */
	uint16_t inflight_threshold;
	uint16_t depth_base;
} __attribute__((aligned(64)));

/* What the device remembers of a QE that it has scheduled and nobody has completed. */
enum hist_type { HIST_PLAIN, HIST_ATOMIC, HIST_ORDERED };

struct hist_entry {
	uint16_t ref; /* key of the flow, or sequence number counted from the start of the group */
	uint8_t qid;
	uint8_t type; /* enum hist_type */
	uint8_t weight;
	uint8_t group;
	uint16_t pad;
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct hist_entry) == sizeof(uint64_t), "a history entry is a word");

#define HIST_REF UINT64_C(0xffff) /* of that word */

QE_INLINE uint64_t
hist_word(const struct hist_entry *entry)
{
	uint64_t word;

	memcpy(&word, entry, sizeof(word));
	return word;
}

enum sn_state { SN_FREE, SN_OUTSTANDING, SN_DONE };

/*
 * A sequence number, and the QEs that answered the event which has it; or that one and those that follow,
 * where as many answers came at once and go the same way.
 */
struct sn {
	struct fifo results;
	uint8_t state; /* enum sn_state */
	uint8_t fragments;
	uint16_t answers; /* that came at once, or 0 */
} __attribute__((aligned(8)));

struct sn_group {
	struct sn sn[DLB_SN_PER_GROUP];
	uint16_t head[DLB_SN_SLOTS_MAX]; /* oldest unfinished number of each slot */
	uint8_t mode;
};

/* Takes a sample every so often. */
struct cq_clock {
	uint64_t period_us; /* 0: stands still */
	uint64_t since_us;  /* the last sample */
};

/* How long CQs of a kind have waited, in samples. */
struct cq_timers {
	struct cq_clock clock, watchdog_clock;
	uint16_t waited[DLB_PORTS_MAX]; /* armed, and with entries */
	uint16_t stuck[DLB_PORTS_MAX];  /* with entries, and without tokens coming back */
	uint16_t paid[DLB_PORTS_MAX];   /* entries, as of the last sample of the watchdog */
};

/* Arbiters between bins: four rising thresholds each, see datapath.md 7.3. */
enum arbiter { ARB_READY, ARB_LOCKED, ARB_WAITING, ARB_NALB, ARB_DIR, ARB_QUEUE, ARB_COUNT };

#define PORT_WORDS 2

struct port_set {
	uint64_t word[PORT_WORDS];
};

_Static_assert(DLB_PORTS_MAX <= PORT_WORDS * 64, "a set has a bit for every port");

static inline bool
port_set_has(const struct port_set *s, uint32_t port)
{
	return s->word[port / 64] >> port % 64 & 1;
}

static inline void
port_set_put(struct port_set *s, uint32_t port, bool member)
{
	uint64_t bit = UINT64_C(1) << port % 64;

	s->word[port / 64] = (s->word[port / 64] & ~bit) | (member ? bit : 0);
}

static inline uint32_t
min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Without the instruction, which not every CPU has, compilers call a function for it. */
QE_INLINE uint32_t
bits_count(uint64_t set)
{
	set -= set >> 1 & UINT64_C(0x5555555555555555);
	set = (set & UINT64_C(0x3333333333333333)) + (set >> 2 & UINT64_C(0x3333333333333333));
	set = (set + (set >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(set * UINT64_C(0x0101010101010101) >> 56);
}

/* A set of LDB queues is a word. */
static inline void
queue_set_put(uint32_t *set, uint32_t qid, bool member)
{
	uint32_t bit = UINT32_C(1) << qid;

	*set = (*set & ~bit) | (member ? bit : 0);
}

struct dlb_model {
	/* Lives as long as the model. */
	struct dlb_model_conf conf;
	const struct dlb_limits *limits;
	uint32_t *values;               /* of all registers, row after row */
	uint32_t first[DLB_REG_COUNT];  /* of a row, in values */
	struct flow_table *flow_tables; /* one per LDB queue */
	uint8_t config[MODEL_CONFIG_BYTES];
	uint8_t config_writable[MODEL_CONFIG_BYTES];
	uint8_t config_w1c[MODEL_CONFIG_BYTES];
	struct lint *lint; /* NULL: off */
	uint64_t findings[DLB_LINT_COUNT];
	uint32_t flr_us;   /* until the function answers again */
	uint32_t power_us; /* until it is ready, once powered up */
	/* Test aids, NULL when they are off. */
	struct transit *transit;
	struct late_entries *late;
	struct slot_state *slot_state;
	bool aided;      /* there is one of them */
	uint64_t random; /* where the draws are; must not be 0 */

	bool powered;                 /* survives a function-level reset */
	uint8_t pool[DLB_KIND_COUNT]; /* dlb_credit_pool(), looked up once */
	uint8_t load_of[4];           /* of a QE, by its weight code */

	/* Answers of the configuration space, worked out when it changes. */
	bool memory_on, dma_on, pasid_on;
	bool registers_on; /* memory_on, and powered up */
	bool datapath_on;  /* producer ports take lines */
	bool lines_direct; /* and lines take effect at once */

	/* From here on a reset clears. What the scheduler looks at first: */
	struct port_set open[DLB_KIND_COUNT]; /* CQs that can take a QE */
	struct port_set dir_work;             /* directed queues that hold QEs */
	uint64_t locked_cqs;                  /* CQs that hold flows with staged QEs */
	uint32_t nalb_work;  /* LDB queues with unordered or ordered QEs, and room in the window */
	uint32_t ready_work; /* LDB queues with flows that nobody holds */
	uint64_t queue_cqs[DLB_LDB_QUEUES]; /* CQs that map a queue */
	uint32_t inflight_ok;               /* LDB queues below their inflight limit */
	uint32_t starved; /* LDB queues that wait for the staging entries of others */
	bool dir_first;
	uint8_t serve_batch; /* QEs for one CQ before the next CQ has its turn */
	uint8_t draw;        /* of the arbiters */
	uint8_t next_cq[DLB_KIND_COUNT];
	uint16_t staged_total;
	bool parked;            /* QEs have moved to holders' lists since somebody looked */
	bool classes_compete;   /* more than one has work */
	uint64_t open_classes;  /* CQs of the classes with a share left */
	uint64_t class_limited; /* CQs of the classes that take nobody else's share */
	int32_t class_share_left[DLB_COS_COUNT];
	int32_t class_share[DLB_COS_COUNT];
	uint32_t weights[ARB_COUNT];
	bool threshold_on;
	struct port_set armed[DLB_KIND_COUNT]; /* CQs that wait for an interrupt */
	uint32_t vectors_sent;                 /* of shared vectors: bit v, v is not acknowledged */
	uint32_t vectors_pending;              /* and has another reason since */

	struct port port[DLB_KIND_COUNT][DLB_PORTS_MAX];
	uint8_t *ring[DLB_KIND_COUNT][DLB_PORTS_MAX]; /* NULL: disabled, or not mapped */
	struct port_set corrupt_next[DLB_KIND_COUNT]; /* CQs whose next entry is an error */
	struct ldb_queue ldb_queue[DLB_LDB_QUEUES];
	struct dir_queue dir_queue[DLB_QUEUES_MAX];
	/* The last is nobody's: where credits go that their domain has had back before. */
	uint32_t credits[DLB_KIND_COUNT][DLB_DOMAINS + 1];
	uint8_t accepts[DLB_DOMAINS][UINT8_MAX + 1]; /* by queue id; bit t: schedule type t */
	uint64_t scheduled[DLB_KIND_COUNT];

	uint8_t usual_domain; /* all QEs so far have held credits of this one, and had no weight, */
	bool has_odd;         /* or else this is set */
	/* See storage.h. Nodes and rows count from 1: 0 is none. */
	uint16_t free_row;           /* first node of a chain of free rows */
	uint16_t open_node;          /* the next one of the row that single QEs take nodes from */
	uint8_t freed[STORAGE_ROWS]; /* nodes of a row in use that are free again: a bit each */
	uint16_t freed_group; /* eight rows: the last that had such nodes, or was looked at */
	uint16_t next[STORAGE_NODES + STORAGE_ROW - 1];
	struct stored_qe qe[STORAGE_NODES] __attribute__((aligned(64)));
	struct hist_entry hist[DLB_HIST_ENTRIES];
	struct cq_timers timers[DLB_KIND_COUNT];
	struct sn_group sn_group[DLB_SN_GROUPS];
};

/* model.c */
void model_reset(struct dlb_model *m);

static inline bool
chosen(const struct dlb_model *m, enum dlb_model_choice choice)
{
	return m->conf.choices & choice;
}

/* csr.c */
void csr_reset(struct dlb_model *m);
/* What a register holds: for the device's own use, without the rules of an access. */
uint32_t csr_get(const struct dlb_model *m, enum dlb_reg reg, uint32_t index);
void csr_set(struct dlb_model *m, enum dlb_reg reg, uint32_t index, uint32_t value);

/* pci_config.c */
void config_reset(struct dlb_model *m);
void config_apply(struct dlb_model *m);

/* power.c: what of the device is awake. */
void power_update(struct dlb_model *m);
void power_flr(struct dlb_model *m);
void power_enable_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
uint32_t power_status_read(const struct dlb_model *m, enum dlb_kind kind, uint32_t index);
uint32_t power_idle_read(const struct dlb_model *m, enum dlb_kind kind, uint32_t index);

/* cq.c */
/* What a slot of a CQ names, valid or not: up to 127. */
uint32_t cq_slot_queue(const struct dlb_model *m, uint32_t cq, uint32_t slot);
/* The slot is valid, and all tables agree that it maps its queue. */
bool cq_slot_is_mapped(const struct dlb_model *m, uint32_t cq, uint32_t slot);
void cq_ring_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void cq_limits_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void cq_tokens_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
uint32_t cq_depth_read(const struct dlb_model *m, enum dlb_kind kind, uint32_t index);
void cq_depth_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void cq_format_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void cq_control_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void cq_slots_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void cq_queue_map_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);

/* ingress.c */
/* A line takes effect. */
void ingress_line(struct dlb_model *m, enum dlb_kind kind, uint32_t port,
		  const struct dlb_qe line[DLB_QES_PER_LINE]);
void ingress_write_permission_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
				      uint32_t value);
void ingress_queue_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);

/* alarm.c */
enum alarm {
	ALARM_NONE,
	ALARM_ILLEGAL_PP,
	ALARM_ILLEGAL_HCW,
	ALARM_ILLEGAL_QID,
	ALARM_DISABLED_QID,
	ALARM_ILLEGAL_LDB_QID_CFG,
	ALARM_EXCESS_TOKENS,
	ALARM_ILLEGAL_ENQUEUE,
};

/* A QE fails an ingress check: syndrome, and lint. */
void alarm_raise(struct dlb_model *m, enum alarm alarm, enum dlb_kind kind, uint32_t port,
		 const struct dlb_qe *qe);
/* Anything else has gone wrong. Causes are bits of SYS_ALARM_HW_SYND. */
void alarm_hardware(struct dlb_model *m, uint32_t cause);

/* ldb_queue.c */
void ldb_queue_update(struct dlb_model *m, uint32_t qid);
void ldb_queue_limits_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
			      uint32_t value);
void ldb_queue_sn_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);
void ldb_queue_key_update(struct dlb_model *m, uint32_t qid);
void ldb_queue_key_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);

/* atomic.c */
void atomic_stage(struct dlb_model *m, uint32_t qid);
void atomic_reset(struct dlb_model *m);

/* ordered.c */
void ordered_mode_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index, uint32_t value);

/* schedule.c */
void schedule_shares_written(struct dlb_model *m, enum dlb_kind kind, uint32_t index,
			     uint32_t value);

#endif /* MODEL_H */
