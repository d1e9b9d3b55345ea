(func $setup (loop $again (br $again)))
