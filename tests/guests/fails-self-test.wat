;; One diagnostic, all of its texts three bytes of the template.
(func $check
  (i64.store (i32.const 1024) (i64.const 0x3000000f0))
  (i64.store (i32.const 1032) (i64.const 0x700000002))
  (i64.store (i32.const 1040) (i64.const 0x3000000f0))
  (i64.store (i32.const 1048) (i64.const 0x3000000f0))
  (i64.store (i32.const 1056) (i64.const 0x3000000f0))
  (i32.store (i32.const 512) (i32.const 1024))
  (i32.store (i32.const 516) (i32.const 1)))
