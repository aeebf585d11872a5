#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draw the figures of the guide: boxes, arrows and text on a grid, as SVG files beside this one.

usage: draw.py
"""
from html import escape
from pathlib import Path

FONT = 'font-family="DejaVu Sans, Verdana, sans-serif" font-size="13"'
INK, SOFT = '#222222', '#666666'
FILLS = {'queue': '#dbe9f6', 'store': '#e7f2dc', 'core': '#fbeed5', 'choice': '#f3e1ee', None: '#ffffff'}


class Figure:
    def __init__(self, width, height, title):
        self.size = width, height
        self.title = title
        self.parts = []

    def box(self, x, y, w, h, lines, fill=None, dashed=False):
        dash = ' stroke-dasharray="5 4"' if dashed else ''
        self.parts.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="5" '
                          f'fill="{FILLS[fill]}" stroke="{INK}"{dash}/>')
        lines = lines.split('\n')
        top = y + h / 2 - 8.5 * (len(lines) - 1) + 4.5
        for i, line in enumerate(lines):
            self.text(x + w / 2, top + 17 * i, line)

    def frame(self, x, y, w, h, label):
        """A group of boxes, with its name in the upper left corner."""
        self.parts.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="8" fill="none" '
                          f'stroke="{SOFT}" stroke-dasharray="5 4"/>')
        self.text(x + 8, y + 18, label, 'start', SOFT)

    def text(self, x, y, line, anchor='middle', color=INK):
        self.parts.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{color}" {FONT}>'
                          f'{escape(line)}</text>')

    def arrow(self, *points, label='', at=None, anchor='middle', dashed=False):
        path = ' '.join(f'{x},{y}' for x, y in points)
        dash = ' stroke-dasharray="5 4"' if dashed else ''
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="1.4" '
                          f'marker-end="url(#head)"{dash}/>')
        if label:
            x, y = at or ((points[0][0] + points[-1][0]) / 2, points[0][1] - 6)
            for i, line in enumerate(label.split('\n')):
                self.text(x, y + 16 * i, line, anchor, SOFT)

    def write(self, name):
        w, h = self.size
        body = '\n'.join(self.parts)
        Path(__file__).with_name(name).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
            f'role="img">\n<title>{escape(self.title)}</title>\n<defs><marker id="head" '
            f'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
            f'<path d="M0 0 L10 5 L0 10 z" fill="{INK}"/></marker></defs>\n'
            f'<rect width="{w}" height="{h}" fill="#ffffff"/>\n{body}\n</svg>\n')


def way_of_an_event():
    f = Figure(860, 400, 'The way of an event through the device')
    f.box(560, 20, 120, 50, 'history list', 'store')
    f.box(20, 140, 110, 60, 'producer\nport', 'core')
    f.box(180, 140, 110, 60, 'ingress\nchecks', 'choice')
    f.box(340, 100, 170, 60, 'load-balanced queue\n32', 'queue')
    f.box(340, 190, 170, 60, 'directed queue\n64 / 96', 'queue')
    f.box(560, 100, 120, 60, 'scheduler', 'choice')
    f.box(560, 190, 120, 60, 'directed pipe', 'choice')
    f.box(730, 140, 110, 60, 'consumer\nqueue', 'core')
    f.box(340, 280, 170, 50, 'reorder: results wait\nfor their turn', 'store')
    f.arrow((130, 170), (180, 170), label='line')
    f.arrow((290, 160), (340, 130))
    f.arrow((290, 180), (340, 220))
    f.arrow((510, 130), (560, 130))
    f.arrow((510, 220), (560, 220))
    f.arrow((680, 130), (730, 160))
    f.arrow((680, 220), (730, 180))
    f.arrow((620, 100), (620, 70), label='what is scheduled', at=(628, 90), anchor='start')
    f.arrow((235, 140), (235, 45), (560, 45), label='a completion takes the oldest entry away',
            at=(400, 38))
    f.arrow((235, 200), (235, 305), (340, 305), label='results of\nordered events', at=(228, 240),
            anchor='end')
    f.arrow((425, 280), (425, 250), label='to any queue', at=(433, 269), anchor='start')
    f.arrow((785, 200), (785, 375), (75, 375), (75, 200), label='a core works, answers with a forward or a '
            'release, and pays tokens', at=(430, 368))
    f.write('way-of-an-event.svg')


def load_balanced_queue():
    f = Figure(860, 400, 'Inside a load-balanced queue')
    f.text(60, 205, 'QEs')
    f.arrow((80, 200), (130, 120))
    f.arrow((80, 200), (130, 330))
    f.frame(120, 20, 540, 230, 'atomic part')
    for b in range(4):
        f.box(135, 50 + 40 * b, 90, 30, f'bin {b}', 'queue')
    f.text(180, 232, 'waiting', color=SOFT)
    f.arrow((225, 125), (285, 125), label='room in\nstaging?', at=(255, 145))
    f.box(290, 60, 110, 120, 'staging\n(AQED)\nby flow', 'store')
    f.text(345, 205, 'at most the', color=SOFT)
    f.text(345, 221, "queue's share", color=SOFT)
    f.arrow((400, 90), (450, 80))
    f.arrow((400, 150), (450, 170))
    f.box(450, 50, 190, 60, 'ready: 4 bins of flows\nthat nobody holds', 'queue')
    f.box(450, 140, 190, 60, 'held: 4 bins of flows\nfor each CQ', 'queue')
    f.frame(120, 265, 540, 120, 'other part (NALB): unordered, ordered')
    for b in range(4):
        f.box(135 + 110 * b, 300, 95, 30, f'bin {b}', 'queue')
    f.text(345, 360, 'ordered: takes the next sequence number of the window', color=SOFT)
    f.box(710, 175, 130, 60, 'turns: one part,\nthen the other', 'choice')
    f.arrow((640, 80), (775, 80), (775, 175), label='any CQ', at=(720, 74))
    f.arrow((640, 170), (690, 170), (690, 195), (710, 195), label="its CQ", at=(690, 160))
    f.arrow((660, 315), (775, 315), (775, 235))
    f.write('load-balanced-queue.svg')


def one_decision():
    f = Figure(860, 430, 'One decision of the scheduler')
    rows = [
        ('class of service', 'has a share left, or no other class has work'),
        ('CQ', 'enabled; a token; a history entry; inflight below limit;\n2.5: load below limit, '
               'not throttled'),
        ('slot = queue', 'maps the queue; inflight of the queue below its limit;\nhighest service priority, '
                         'then round robin'),
        ('part', 'atomic or other: turns, when both have something'),
        ('bin', 'first bin that has something; now and then, by weight, another'),
        ('QE', 'first in; atomic: flows that the CQ holds first, then ready ones'),
    ]
    for i, (what, rule) in enumerate(rows):
        y = 20 + 58 * i
        f.box(30, y, 150, 42, what, 'choice')
        for j, line in enumerate(rule.split('\n')):
            f.text(200, y + (26 if '\n' not in rule else 18 + 17 * j), line, 'start')
        if i + 1 < len(rows):
            f.arrow((105, y + 42), (105, y + 58))
    f.arrow((105, 352), (105, 376))
    f.box(30, 376, 800, 42, 'CQ entry, generation bit last;  token + 1,  inflight of CQ and queue + 1,  '
          'history entry,  credit back to the domain', 'core')
    f.write('one-decision.svg')


def consumer_queue():
    f = Figure(860, 300, 'What a consumer queue owes and is owed')
    for i in range(16):
        fill = 'core' if 3 <= i < 7 else 'queue' if 7 <= i < 11 else None
        f.box(30 + 50 * i, 60, 50, 40, str(i), fill)
    f.text(30, 30, 'ring of 16: entries that the core holds, entries it has not read, free', 'start')
    f.arrow((180, 130), (180, 100))
    f.text(180, 148, 'oldest not')
    f.text(180, 164, 'completed')
    f.arrow((380, 130), (380, 100))
    f.text(380, 148, 'reader')
    f.arrow((580, 130), (580, 100))
    f.text(580, 148, 'write pointer')
    f.box(180, 190, 200, 26, 'read, not completed', 'core')
    f.box(380, 190, 200, 26, 'not read', 'queue')
    f.arrow((180, 240), (580, 240), label='inflight: history entries (a release or forward takes the '
            'oldest away)', at=(380, 258))
    f.arrow((330, 275), (580, 275), label='tokens owed: those read and not paid for, and those not read',
            at=(455, 293))
    f.write('consumer-queue.svg')


def vectors():
    f = Figure(860, 300, 'From a CQ to an interrupt')
    f.box(20, 20, 190, 50, 'QE 0x5 on the port,\nor CHP_*_CQ_INTR_ARMED', 'core')
    f.box(280, 20, 130, 50, 'armed', 'store')
    f.arrow((210, 45), (280, 45))
    f.box(20, 110, 190, 50, 'unpaid entries reach\nthe depth threshold', 'choice')
    f.box(20, 190, 190, 50, 'not empty for so many\nsamples of the timer', 'choice')
    f.box(280, 130, 130, 60, 'fires once,\ndisarms', 'choice')
    f.arrow((210, 135), (280, 150))
    f.arrow((210, 215), (280, 175))
    f.arrow((345, 70), (345, 130))
    f.box(480, 130, 130, 60, 'SYS_*_CQ_ISR', 'store')
    f.arrow((410, 160), (480, 160))
    f.box(680, 60, 160, 50, 'packed: vector\n1 + VECTOR', 'core')
    f.box(680, 140, 160, 60, 'compressed: vector 1\nand a status bit')
    f.arrow((610, 150), (680, 85))
    f.arrow((610, 165), (680, 170))
    f.box(280, 235, 330, 45, 'watchdogs, refused QEs, corrupt entries', 'choice')
    f.box(680, 230, 160, 50, 'vector 0')
    f.arrow((610, 257), (680, 257))
    f.text(760, 222, 'held until SYS_MSIX_ACK', color=SOFT)
    f.write('vectors.svg')


if __name__ == '__main__':
    way_of_an_event()
    load_balanced_queue()
    one_decision()
    consumer_queue()
    vectors()
