;; An honest detector in a few lines, into which a test puts the misbehaviour of one hostile guest.
;;
;; A record that holds `^` has a high finding, one that holds `!` a low one, any other is clean. One that holds `~` is
;; poison: `$misbehave` runs when the byte is seen, and `$spoil` may change the finished answer. `$setup` runs in
;; `load`, `$refuse` may change its answer, `$check` that of `self-test`.
(module
  (memory (export "memory") 2)
  (data (i32.const 192) "no\ff\fe") ;; not UTF-8: 4 bytes
  (data (i32.const 208) "{\"v\":1}\0a{}") ;; 10 bytes
  (data (i32.const 224) "{\"v\":1\0a}") ;; 8 bytes
  (data (i32.const 240) "[1]") ;; 3 bytes
  (data (i32.const 256) "{\"v\":1,}") ;; 8 bytes
  ;; 512: the answer of load or detect
  (data (i32.const 2048) ;; the manifest: 352 bytes
    "{\"format\":1,\"detector\":\"guest\",\"version\":\"0.0.1\",\"rules\":[{\"name\":\"guest/low\",\"id\":\"id-low\",\"title\":\"A low thing\",\"level\":\"low\",\"language\":\"none\",\"enabled\":true,\"built_in\":true,\"tags\":[]},{\"name\":\"guest/high\",\"id\":\"id-high\",\"title\":\"A \\u001b[31mhigh\\u202e thing\",\"level\":\"high\",\"language\":\"none\",\"enabled\":true,\"built_in\":true,\"tags\":[]}],\"refused\":[]}")
  (data (i32.const 4096) ;; a low finding: 180 bytes
    "{\"v\":1,\"level\":\"low\",\"rules\":[\"guest/low\"],\"findings\":[{\"rule\":\"guest/low\",\"id\":\"id-low\",\"title\":\"Low\",\"level\":\"low\",\"outcome\":\"success\",\"tags\":[\"t1\"],\"fields\":{\"eventName\":\"A\"}}]}")
  (data (i32.const 5120) ;; a high finding: 167 bytes
    "{\"v\":1,\"level\":\"high\",\"rules\":[\"guest/high\"],\"findings\":[{\"rule\":\"guest/high\",\"id\":\"id-high\",\"title\":\"High\",\"level\":\"high\",\"outcome\":\"failure\",\"tags\":[],\"fields\":{}}]}")
  (data (i32.const 6144) ;; an event: 206 bytes
    "{\"eventID\":\"e-1\",\"eventTime\":\"2026-11-21T08:00:00Z\",\"account\":\"111122223333\",\"awsRegion\":\"eu-central-1\",\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"A\",\"principal\":\"someone\",\"sourceIPAddress\":\"192.0.2.1\"}")
  ;; 8192: verdicts, 24 bytes each; 65536: what the host hands in
  (global $free (mut i32) (i32.const 65536))

  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $free) (i32.mul (memory.size) (i32.const 65536))))
      (drop (memory.grow (i32.add (i32.const 1) (i32.div_u (local.get 3) (i32.const 65536))))))
    (local.get $at))

  (func (export "trailsieve:plugin/detector@0.1.0#load") (param i32 i32 i32 i32) (result i32)
    (call $setup)
    (i32.store (i32.const 512) (i32.const 0))
    (i32.store (i32.const 516) (i32.const 2048))
    (i32.store (i32.const 520) (i32.const 352))
    (call $refuse (i32.const 512))
    (i32.const 512))

  (func (export "trailsieve:plugin/detector@0.1.0#self-test") (result i32)
    (i32.store (i32.const 512) (i32.const 0))
    (i32.store (i32.const 516) (i32.const 0))
    (call $check)
    (i32.const 512))

  (func (export "trailsieve:plugin/detector@0.1.0#detect") (param $at i32) (param $len i32) (result i32)
    (local $end i32) (local $record i32) (local $flagged i32) (local $marks i32) (local $poison i32)
    (local $byte i32) (local $mark i32)
    (local.set $end (i32.add (local.get $at) (local.get $len)))
    (global.set $free (i32.const 65536))
    (loop $next
      (local.set $byte
        (if (result i32) (i32.lt_u (local.get $at) (local.get $end))
          (then (i32.load8_u (local.get $at)))
          (else (i32.const 10))))
      (if (i32.eq (local.get $byte) (i32.const 33)) (then (local.set $flagged (i32.const 1))))
      (if (i32.eq (local.get $byte) (i32.const 94)) (then (local.set $flagged (i32.const 2))))
      (if (i32.eq (local.get $byte) (i32.const 126))
        (then
          (local.set $poison (i32.const 1))
          (local.set $flagged (i32.const 1))
          (call $misbehave)))
      (if (i32.eq (local.get $byte) (i32.const 10))
        (then
          (if (local.get $flagged)
            (then
              (local.set $mark (i32.add (i32.const 8192) (i32.mul (local.get $marks) (i32.const 24))))
              (i32.store (local.get $mark) (local.get $record))
              (i32.store offset=4 (local.get $mark) (i32.const 1))
              (i32.store offset=8 (local.get $mark) (i32.const 4096))
              (i32.store offset=12 (local.get $mark) (i32.const 180))
              (if (i32.eq (local.get $flagged) (i32.const 2))
                (then
                  (i32.store offset=8 (local.get $mark) (i32.const 5120))
                  (i32.store offset=12 (local.get $mark) (i32.const 167))))
              (i32.store offset=16 (local.get $mark) (i32.const 6144))
              (i32.store offset=20 (local.get $mark) (i32.const 206))
              (local.set $marks (i32.add (local.get $marks) (i32.const 1)))))
          (local.set $flagged (i32.const 0))
          (local.set $record (i32.add (local.get $record) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $at) (local.get $end))))
    (i32.store (i32.const 512) (i32.const 0))
    (i32.store (i32.const 516) (i32.sub (local.get $record) (local.get $marks))) ;; clean
    (i32.store (i32.const 520) (local.get $marks)) ;; flagged
    (i32.store (i32.const 524) (i32.const 0)) ;; unjudged
    (i32.store (i32.const 528) (i32.const 0)) ;; malformed
    (i32.store (i32.const 532) (i32.const 0)) ;; not-cloudtrail
    (i32.store (i32.const 536) (i32.const 8192))
    (i32.store (i32.const 540) (local.get $marks))
    (i32.store (i32.const 544) (i32.const 0)) ;; suppressed
    (i32.store (i32.const 548) (i32.const 0))
    (if (local.get $poison) (then (call $spoil (i32.const 512))))
    (i32.const 512))

  ;; HOOKS
)
