;; An honest converter in a few lines, into which a test puts the misbehaviour of one hostile guest.
;;
;; A record becomes one object, one that holds `!` becomes two. One that holds `?` is no CloudTrail, one that holds `<` is
;; malformed, one that holds `#` is refused. One that holds `~` is poison: `$misbehave` runs when the byte is seen, and
;; `$spoil` may change the finished answer, whose poisonous record has its line at 640 alone. `$refuse` may change the
;; answer where there is no record, as the host asks it first.
(module
  (memory (export "memory") 2)
  (data (i32.const 192) "no\ff\fe") ;; not UTF-8: 4 bytes
  (data (i32.const 208) "{\"a\":1}\0a{}") ;; 10 bytes
  (data (i32.const 224) "{\"a\":1\0a}") ;; 8 bytes
  (data (i32.const 240) "[1]") ;; 3 bytes
  (data (i32.const 256) "{\"a\":1,}") ;; 8 bytes
  (data (i32.const 272) "{\"nowhere\":\"A\"}") ;; a column that no table has: 15 bytes
  (data (i32.const 288) "{\"eventname\":7}") ;; a column of another type: 15 bytes
  (data (i32.const 304) "odd\1b[2J") ;; a reason: 7 bytes
  ;; 512: the answer
  ;; 600: a list of two lines, 640: the one line of poison
  (data (i32.const 2048) "{\"eventname\":\"A\"}") ;; a line: 17 bytes
  ;; 8192: what records became, 12 bytes each; 65536: what the host hands in
  (global $free (mut i32) (i32.const 65536))

  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $free) (i32.mul (memory.size) (i32.const 65536))))
      (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get 3) (i32.const 65536))))))
    (local.get $at))

  (func $line (param $at i32)
    (i32.store (local.get $at) (i32.const 2048))
    (i32.store offset=4 (local.get $at) (i32.const 17)))

  (func (export "trailsieve:plugin/converter@0.1.0#convert")
    (param $to i32) (param $at i32) (param $len i32) (param $settings i32) (param $settings-len i32) (result i32)
    (local $end i32) (local $records i32) (local $kind i32) (local $lines i32) (local $poison i32) (local $any i32)
    (local $byte i32) (local $told i32)
    (call $line (i32.const 600))
    (call $line (i32.const 608))
    (call $line (i32.const 640))
    (local.set $end (i32.add (local.get $at) (local.get $len)))
    (global.set $free (i32.const 65536))
    (i32.store8 (i32.const 512) (i32.const 0))
    (i32.store (i32.const 516) (i32.const 8192))
    (i32.store (i32.const 520) (i32.const 0))
    (if (i32.eqz (local.get $len)) (then (call $refuse (i32.const 512)) (return (i32.const 512))))
    (local.set $lines (i32.const 1))
    (loop $next
      (local.set $byte
        (if (result i32) (i32.lt_u (local.get $at) (local.get $end))
          (then (i32.load8_u (local.get $at)))
          (else (i32.const 10))))
      (if (i32.eq (local.get $byte) (i32.const 33)) (then (local.set $lines (i32.const 2))))
      (if (i32.eq (local.get $byte) (i32.const 63)) (then (local.set $kind (i32.const 1))))
      (if (i32.eq (local.get $byte) (i32.const 60)) (then (local.set $kind (i32.const 2))))
      (if (i32.eq (local.get $byte) (i32.const 35)) (then (local.set $kind (i32.const 3))))
      (if (i32.eq (local.get $byte) (i32.const 126))
        (then
          (local.set $poison (i32.const 1))
          (local.set $any (i32.const 1))
          (call $misbehave)))
      (if (i32.eq (local.get $byte) (i32.const 10))
        (then
          (local.set $told (i32.add (i32.const 8192) (i32.mul (local.get $records) (i32.const 12))))
          (i32.store8 (local.get $told) (local.get $kind))
          (i32.store offset=4 (local.get $told) (i32.const 600))
          (i32.store offset=8 (local.get $told) (local.get $lines))
          (if (local.get $poison)
            (then
              (i32.store offset=4 (local.get $told) (i32.const 640))
              (i32.store offset=8 (local.get $told) (i32.const 1))))
          (if (i32.eq (local.get $kind) (i32.const 3))
            (then
              (i32.store offset=4 (local.get $told) (i32.const 304))
              (i32.store offset=8 (local.get $told) (i32.const 7))))
          (local.set $kind (i32.const 0))
          (local.set $lines (i32.const 1))
          (local.set $poison (i32.const 0))
          (local.set $records (i32.add (local.get $records) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $at) (local.get $end))))
    (i32.store (i32.const 520) (local.get $records))
    (if (local.get $any) (then (call $spoil (i32.const 512))))
    (i32.const 512))

  ;; HOOKS
)
