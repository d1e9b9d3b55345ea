;; Valid and within what may be copied, and still longer than what a shipper takes: {"v":000…0} would be, were it JSON.
(func $spoil (param $answer i32)
  (drop (memory.grow (i32.const 16)))
  (i32.store (i32.const 8200) (i32.const 131072))
  (i32.store (i32.const 8204) (i32.const 500000)))
