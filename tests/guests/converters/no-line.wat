;; No line for the poison, which would be missing without a word.
(func $spoil (param $answer i32) (local $at i32)
  (local.set $at (i32.const 8192))
  (loop $next
    (if (i32.eq (i32.load offset=4 (local.get $at)) (i32.const 640))
      (then (i32.store offset=8 (local.get $at) (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 12)))
    (br_if $next (i32.lt_u (local.get $at) (i32.add (i32.const 8192) (i32.mul (i32.load offset=8 (local.get $answer)) (i32.const 12)))))))
