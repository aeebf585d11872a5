# SPDX-License-Identifier: BSD-3-Clause
"""What is read out of a trace: bring-ups as the programming model wants them, and others."""

import unittest

import cases
from machine import DEVICES

POWER_UP = [
    "csr CM_CFG_PM_PMCSR_DISABLE -> 0x1  DISABLE=1",
    "csr CM_CFG_PM_PMCSR_DISABLE <- 0x0",
]
NOT_READY = "csr CM_CFG_DIAGNOSTIC_IDLE_STATUS -> 0x1d0fffff  CHP_PIPEIDLE=1 SYS_PIPEIDLE=1"
READY = "csr CM_CFG_DIAGNOSTIC_IDLE_STATUS -> 0x9d0fffff  CHP_PIPEIDLE=1 SYS_PIPEIDLE=1 DLB_FUNC_IDLE=1"
RESET = "config PCIE.DEVCTL (0x048, 2) <- 0xa85f"
PASID_OFF = "config PASID.CONTROL (0x14e, 2) <- 0x0000"
CREDITS = "csr CHP_CFG_VAS_CRD[0] <- 0x2000  COUNT=8192"
START = "csr SYS_LDB_VASQID_V[0] <- 0x1  VASQID_V=1"
CONFIGURATION = [RESET, PASID_OFF, CREDITS, START]


class BringUpTest(unittest.TestCase):
    ROWS = (
        ("ready at once", [*POWER_UP, READY, *CONFIGURATION], None),
        ("ready after a while", [*POWER_UP, NOT_READY, READY, *CONFIGURATION], None),
        ("reset twice", [*POWER_UP, READY, RESET, *CONFIGURATION, RESET], None),
        ("never ready", [*POWER_UP, NOT_READY, *CONFIGURATION], "before the device is ready"),
        ("not waited for", [*POWER_UP, NOT_READY, START, READY, *CONFIGURATION],
         "before the device is ready"),
        ("not powered up", [READY, *POWER_UP, *CONFIGURATION], "no power-up"),
        ("not started", [*POWER_UP, READY, RESET, PASID_OFF, CREDITS], "no domain was started"),
        ("credits late", [*POWER_UP, READY, RESET, PASID_OFF, START, CREDITS],
         "start of a domain before credits"),
        ("PASID off late", [*POWER_UP, READY, RESET, CREDITS, PASID_OFF, START],
         "credits of a domain before PASID off"),
    )

    def test_traces(self):
        for name, lines, fault in self.ROWS:
            with self.subTest(name):
                trace = [f"  0.000001 {device.name} {line}" for device in DEVICES for line in lines]
                faults = list(cases.bring_up_faults(trace))
                if fault is None:
                    self.assertEqual(faults, [])
                else:
                    self.assertEqual(len(faults), len(DEVICES), faults)
                    self.assertIn(fault, faults[0])


if __name__ == "__main__":
    unittest.main()
