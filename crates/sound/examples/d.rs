//! x
fn main() {
    let b = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let d = kith_sound::decode_ogg(&b).unwrap();
    std::fs::write(
        std::env::args().nth(2).unwrap(),
        d.samples
            .iter()
            .flat_map(|x| x.to_le_bytes())
            .collect::<Vec<u8>>(),
    )
    .unwrap();
    let mut s = vec![];
    let mut at = 0;
    while at < b.len() {
        let l = &b[at + 27..at + 27 + b[at + 26] as usize];
        at += 27 + l.len();
        for x in l {
            let p = &b[at..at + *x as usize];
            at += p.len();
            s.push((p[0], p.len()));
        }
    }
    let mut last = 0;
    for (i, x) in s.iter().enumerate() {
        if i < 2 {
            continue;
        }
        if x.0 >> 3 != last {
            print!("{}:{} ", i - 2, x.0 >> 3);
            last = x.0 >> 3;
        }
        if x.1 > 3 && i + 8 < s.len() && s[i + 8].1 == 3 {
            print!("({})", x.1)
        }
    }
    println!();
}
