;; Unjudged, with an annotation as of a clean record.
(data (i32.const 7168) "{\"v\":1}") ;; 7 bytes
(func $spoil (param $answer i32)
  (i32.store8 (i32.const 8196) (i32.const 2))
  (i32.store (i32.const 8212) (i32.const 0))
  (i32.store offset=8 (local.get $answer) (i32.sub (i32.load offset=8 (local.get $answer)) (i32.const 1)))
  (i32.store offset=12 (local.get $answer) (i32.const 1))
  (i32.store (i32.const 8200) (i32.const 7168))
  (i32.store (i32.const 8204) (i32.const 7)))
