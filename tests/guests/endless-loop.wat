(func $misbehave (loop $again (br $again)))
