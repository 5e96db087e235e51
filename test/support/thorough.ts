// How many cases a long test takes: a sample in `npm test`, all of them with TINTYPE_TEST_ALL=1, as in `.ci/run`.

/** Cases of a sample run other code of ours than the ones left out do not: say so where it is used. */
export const thorough = <Count>(sample: Count, all: Count): Count =>
  process.env.TINTYPE_TEST_ALL === '1' ? all : sample
