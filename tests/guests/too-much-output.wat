;; An annotation of 32 MiB, which are really there.
(func $spoil (param $answer i32)
  (drop (memory.grow (i32.const 512)))
  (i32.store (i32.const 8200) (i32.const 65536))
  (i32.store (i32.const 8204) (i32.const 33554432)))
