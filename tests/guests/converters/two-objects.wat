;; Two lines in one.
(func $spoil (param i32)
  (i32.store (i32.const 640) (i32.const 208))
  (i32.store (i32.const 644) (i32.const 10)))
