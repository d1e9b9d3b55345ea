;; A list of 100 million verdicts at the end of memory.
(func $spoil (param $answer i32)
  (i32.store offset=28 (local.get $answer) (i32.const 100000000)))
