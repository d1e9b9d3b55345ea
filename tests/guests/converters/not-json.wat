;; A comma too many.
(func $spoil (param i32)
  (i32.store (i32.const 640) (i32.const 256))
  (i32.store (i32.const 644) (i32.const 8)))
