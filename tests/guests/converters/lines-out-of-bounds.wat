;; A line that lies outside of its memory.
(func $spoil (param i32)
  (i32.store (i32.const 640) (i32.const -16)))
