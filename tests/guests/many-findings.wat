;; A finding for each of 8,000 rules, no longer together than an annotation may be; each is written with its event.
(data (i32.const 7168) "{\"v\":1,\"level\":\"low\",\"findings\":[") ;; 33 bytes
(data (i32.const 7232) "{\"rule\":\"a\"},") ;; 13 bytes
(func $spoil (param $answer i32)
  (local $at i32)
  (drop (memory.grow (i32.const 32)))
  (memory.copy (i32.const 1048576) (i32.const 7168) (i32.const 33))
  (local.set $at (i32.const 1048609))
  (loop $next
    (memory.copy (local.get $at) (i32.const 7232) (i32.const 13))
    (local.set $at (i32.add (local.get $at) (i32.const 13)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 1152609))))
  (i32.store16 (i32.sub (local.get $at) (i32.const 1)) (i32.const 0x7d5d)) ;; ]} instead of the last comma
  (i32.store (i32.const 8200) (i32.const 1048576))
  (i32.store (i32.const 8204) (i32.const 104034)))
