;; The right name, another function.
(component
  (core module $m (func (export "detect") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func $detect (result u32) (canon lift (core func $i "detect")))
  (instance $detector (export "detect" (func $detect)))
  (export "trailsieve:plugin/detector@0.1.0" (instance $detector)))
