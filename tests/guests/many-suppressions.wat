;; Of 100,000 suppressions, all of them empty: few bytes, and more than any pack can have.
(func $spoil (param $answer i32)
  (drop (memory.grow (i32.const 32)))
  (i32.store offset=32 (local.get $answer) (i32.const 131072))
  (i32.store offset=36 (local.get $answer) (i32.const 100000)))
