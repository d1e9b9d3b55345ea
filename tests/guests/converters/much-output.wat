;; A line of 32 MiB, which are really there.
(func $spoil (param i32)
  (drop (memory.grow (i32.const 512)))
  (i32.store (i32.const 640) (i32.const 65536))
  (i32.store (i32.const 644) (i32.const 33554432)))
