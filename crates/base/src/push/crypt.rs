//! What makes a message readable to one browser alone (RFC 8291 over RFC 8188), and says who sends it
//! (RFC 8292). The arithmetic is ring's.

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::{Subscription, base64url};

/// The size of a record; ours is always one. Push services take at least this much.
const RECORD: u32 = 4096;
/// How long a sender's word holds, seconds; at most a day by RFC 8292 section 2.
const HOLDS: i64 = 12 * 60 * 60;

/// The keys of a sender.
pub struct Keys(EcdsaKeyPair);

/// A new private key, in PKCS 8.
///
/// # Errors
/// When the operating system has no random numbers to give.
pub fn new_private_key() -> Result<Vec<u8>, String> {
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map(|document| document.as_ref().to_vec())
        .map_err(|_| "no key could be made".to_owned())
}

impl Keys {
    /// The keys of that private key; `None` when it is not one.
    pub fn read(private: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            private,
            &SystemRandom::new(),
        )
        .ok()
        .map(Self)
    }

    /// What browsers are told when they are asked to take messages.
    pub fn public(&self) -> String {
        base64url(self.0.public_key().as_ref())
    }

    /// The header that says who sends: RFC 8292 section 3.
    pub(super) fn authorization(&self, origin: &str, contact: &str, now: i64) -> Option<String> {
        let part = |value: serde_json::Value| base64url(value.to_string().as_bytes());
        let claims = json!({"aud": origin, "exp": now / 1000 + HOLDS, "sub": contact});
        let signed = format!(
            "{}.{}",
            part(json!({"typ": "JWT", "alg": "ES256"})),
            part(claims)
        );
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        let (token, key) = (base64url(signature.as_ref()), self.public());
        Some(format!("vapid t={signed}.{token}, k={key}"))
    }
}

/// How much a derivation gives.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Option<[u8; N]> {
    let mut derived = [0; N];
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(info, Length(N))
        .and_then(|made| made.fill(&mut derived))
        .ok()?;
    Some(derived)
}

/// `text` so that only that browser can read it; `None` when its key is no key.
pub(super) fn seal(to: &Subscription, text: &[u8]) -> Option<Vec<u8>> {
    let chance = SystemRandom::new();
    let mut salt = [0; 16];
    chance.fill(&mut salt).ok()?;
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &chance).ok()?;
    let public = ours.compute_public_key().ok()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &to.p256dh);
    agree_ephemeral(ours, &theirs, |secret| {
        seal_with(to, text, secret, public.as_ref(), &salt)
    })
    .ok()?
}

/// The same with everything given: RFC 8291 section 3.4 and RFC 8188 section 2.
pub(super) fn seal_with(
    to: &Subscription,
    text: &[u8],
    secret: &[u8],
    public: &[u8],
    salt: &[u8; 16],
) -> Option<Vec<u8>> {
    let info: [&[u8]; 3] = [b"WebPush: info\0", &to.p256dh, public];
    let input: [u8; 32] = derive(&to.auth, secret, &info)?;
    let key: [u8; 16] = derive(salt, &input, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = derive(salt, &input, &[b"Content-Encoding: nonce\0"])?;
    // One record, and the 2 says that it is the last.
    let mut sealed = [text, &[2]].concat();
    if sealed.len() + AES_128_GCM.tag_len() > RECORD as usize {
        return None;
    }
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::empty(),
        &mut sealed,
    )
    .ok()?;
    let length = u8::try_from(public.len()).ok()?;
    Some(
        [
            salt.as_slice(),
            &RECORD.to_be_bytes(),
            &[length],
            public,
            &sealed,
        ]
        .concat(),
    )
}
