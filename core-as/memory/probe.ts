// The stack probe (R18): latchAcquire calls it before it touches the latch.
//
// A user's deep recursion may call us with almost no stack left. Were the overflow to happen inside
// the core, the latch would stay held and the shard half changed. So the probe first reaches deeper
// than any path of the core does; if that overflows, the caller gets its RangeError before the
// latch is touched.
//
// The engine checks the stack limit on entry of every function, against the size of its whole frame
// when that is above 4 KiB. So a few calls of a function with a big frame reach far at little cost
// (four frames of 4.2 KiB, 12 ns). What makes the frame big are 256 vectors that have to survive a
// call: that branch is never taken, but the frame has room for it all the same. Relies on: no
// recursion in the core but here, no path of it deeper than the probe (tested).
import { INFO_AT } from '../layout';

const LEVELS: u32 = 3; // below the first
const NEVER_AT: usize = INFO_AT + 68; // a word that is always 0, which the compiler cannot know

@inline
export function stackProbe(): void {
  reach(LEVELS, load<u32>(NEVER_AT));
}

@inline
function at(index: usize): v128 {
  return v128.load(INFO_AT + (index << 4));
}

/** The eight are loaded before `rest` is evaluated and used after it. */
@inline
function keep(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, rest: v128,
): v128 {
  const left = v128.xor(v128.xor(a, b), v128.xor(c, d));
  const right = v128.xor(v128.xor(e, f), v128.xor(g, h));
  return v128.xor(v128.xor(left, right), rest);
}

function reach(levels: u32, never: u32): u32 {
  if (never != 0) {
    // prettier-ignore
    return v128.any_true(
        keep(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7),
        keep(at(8), at(9), at(10), at(11), at(12), at(13), at(14), at(15),
        keep(at(16), at(17), at(18), at(19), at(20), at(21), at(22), at(23),
        keep(at(24), at(25), at(26), at(27), at(28), at(29), at(30), at(31),
        keep(at(32), at(33), at(34), at(35), at(36), at(37), at(38), at(39),
        keep(at(40), at(41), at(42), at(43), at(44), at(45), at(46), at(47),
        keep(at(48), at(49), at(50), at(51), at(52), at(53), at(54), at(55),
        keep(at(56), at(57), at(58), at(59), at(60), at(61), at(62), at(63),
        keep(at(64), at(65), at(66), at(67), at(68), at(69), at(70), at(71),
        keep(at(72), at(73), at(74), at(75), at(76), at(77), at(78), at(79),
        keep(at(80), at(81), at(82), at(83), at(84), at(85), at(86), at(87),
        keep(at(88), at(89), at(90), at(91), at(92), at(93), at(94), at(95),
        keep(at(96), at(97), at(98), at(99), at(100), at(101), at(102), at(103),
        keep(at(104), at(105), at(106), at(107), at(108), at(109), at(110), at(111),
        keep(at(112), at(113), at(114), at(115), at(116), at(117), at(118), at(119),
        keep(at(120), at(121), at(122), at(123), at(124), at(125), at(126), at(127),
        keep(at(128), at(129), at(130), at(131), at(132), at(133), at(134), at(135),
        keep(at(136), at(137), at(138), at(139), at(140), at(141), at(142), at(143),
        keep(at(144), at(145), at(146), at(147), at(148), at(149), at(150), at(151),
        keep(at(152), at(153), at(154), at(155), at(156), at(157), at(158), at(159),
        keep(at(160), at(161), at(162), at(163), at(164), at(165), at(166), at(167),
        keep(at(168), at(169), at(170), at(171), at(172), at(173), at(174), at(175),
        keep(at(176), at(177), at(178), at(179), at(180), at(181), at(182), at(183),
        keep(at(184), at(185), at(186), at(187), at(188), at(189), at(190), at(191),
        keep(at(192), at(193), at(194), at(195), at(196), at(197), at(198), at(199),
        keep(at(200), at(201), at(202), at(203), at(204), at(205), at(206), at(207),
        keep(at(208), at(209), at(210), at(211), at(212), at(213), at(214), at(215),
        keep(at(216), at(217), at(218), at(219), at(220), at(221), at(222), at(223),
        keep(at(224), at(225), at(226), at(227), at(228), at(229), at(230), at(231),
        keep(at(232), at(233), at(234), at(235), at(236), at(237), at(238), at(239),
        keep(at(240), at(241), at(242), at(243), at(244), at(245), at(246), at(247),
        keep(at(248), at(249), at(250), at(251), at(252), at(253), at(254), at(255),
        i32x4.splat(reach(0, 0))
        ))))))))))))))))))))))))))))))))
    ) ? 1 : 0;
  }
  return levels == 0 ? 0 : reach(levels - 1, load<u32>(NEVER_AT)) + 1;
}
