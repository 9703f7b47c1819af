//! Where reminders go: an address, devices, a calendar.

use serde::Serialize;

use kith_base::db::{Error, Row, Tx};

/// An address for letters.
#[derive(Clone, Debug, Serialize)]
pub struct Address {
    /// Whose clinic.
    #[serde(skip)]
    pub clinic_id: String,
    /// Whose.
    #[serde(skip)]
    pub person_id: String,
    /// The address.
    pub address: String,
    /// Since when letters go there.
    pub confirmed_at: Option<i64>,
    /// Ends the letters.
    #[serde(skip)]
    pub leave_secret: String,
    /// When a letter was refused for good.
    pub refused_at: Option<i64>,
}

fn read_address(row: &Row<'_>) -> Result<Address, Error> {
    Ok(Address {
        clinic_id: row.get("clinic_id")?,
        person_id: row.get("person_id")?,
        address: row.get("address")?,
        confirmed_at: row.get("confirmed_at")?,
        leave_secret: row.get("leave_secret")?,
        refused_at: row.get("refused_at")?,
    })
}

pub fn find_address(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Option<Address>, Error> {
    tx.one(
        "select * from mail_address where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
        read_address,
    )
}

/// The address a confirming link is for, while the link holds.
pub fn find_address_by_token(
    tx: &mut Tx<'_>,
    token_hash: &str,
    now: i64,
) -> Result<Option<Address>, Error> {
    tx.one(
        "select * from mail_address where token_hash = $1 and expires_at > $2",
        &[token_hash.into(), now.into()],
        read_address,
    )
}

/// The address whose letters carry this secret.
pub fn find_address_by_leave_secret(
    tx: &mut Tx<'_>,
    secret: &str,
) -> Result<Option<Address>, Error> {
    tx.one(
        "select * from mail_address where leave_secret = $1",
        &[secret.into()],
        read_address,
    )
}

/// A new address, to which nothing goes until it is confirmed.
pub fn set_address(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    address: &str,
    leave_secret: &str,
) -> Result<(), Error> {
    tx.exec(
        "insert into mail_address (clinic_id, person_id, address, leave_secret) values ($1, $2, $3, $4)
         on conflict (clinic_id, person_id) do update set address = excluded.address, confirmed_at = null,
             token_hash = null, expires_at = null, refused_at = null, leave_secret = excluded.leave_secret",
        &[clinic_id.into(), person_id.into(), address.into(), leave_secret.into()],
    )?;
    Ok(())
}

/// The link that is on its way to an unconfirmed address; earlier ones hold no more.
pub fn update_token(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    token_hash: &str,
    expires_at: i64,
) -> Result<(), Error> {
    tx.exec(
        "update mail_address set token_hash = $3, expires_at = $4
         where clinic_id = $1 and person_id = $2 and confirmed_at is null",
        &[
            clinic_id.into(),
            person_id.into(),
            token_hash.into(),
            expires_at.into(),
        ],
    )?;
    Ok(())
}

/// Whoever reads that address wants the letters; false when the link holds no more.
pub fn confirm_address(tx: &mut Tx<'_>, token_hash: &str, now: i64) -> Result<bool, Error> {
    Ok(tx.exec(
        "update mail_address set confirmed_at = $2, token_hash = null, expires_at = null, refused_at = null
         where token_hash = $1 and expires_at > $2",
        &[token_hash.into(), now.into()],
    )? == 1)
}

/// A letter there was refused for good.
pub fn update_refused(tx: &mut Tx<'_>, address: &Address, now: i64) -> Result<(), Error> {
    tx.exec(
        "update mail_address set refused_at = $4
         where clinic_id = $1 and person_id = $2 and address = $3",
        &[
            (&address.clinic_id).into(),
            (&address.person_id).into(),
            (&address.address).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// No more letters: the address goes.
pub fn remove_address(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from mail_address where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    tx.exec(
        "update reminder set by_mail = false where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    Ok(())
}

/// A browser that takes messages.
#[derive(Clone, Debug, Serialize)]
pub struct Device {
    /// Itself.
    pub device_id: String,
    /// The login it was set up in.
    #[serde(skip)]
    pub login_hash: String,
    /// Where its messages go.
    pub endpoint: String,
    /// Its public key, base64url.
    #[serde(skip)]
    pub p256dh: String,
    /// Its secret, base64url.
    #[serde(skip)]
    pub auth: String,
    /// Since when.
    pub made_at: i64,
}

fn read_device(row: &Row<'_>) -> Result<Device, Error> {
    Ok(Device {
        device_id: row.get("device_id")?,
        login_hash: row.get("login_hash")?,
        endpoint: row.get("endpoint")?,
        p256dh: row.get("p256dh")?,
        auth: row.get("auth")?,
        made_at: row.get("made_at")?,
    })
}

/// Her devices. One whose login has gone is none of hers any more: she signed out there, changed her
/// secret, or lost the phone.
pub fn list_devices(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<Device>, Error> {
    tx.query(
        "select push_device.* from push_device
         join login on login.clinic_id = push_device.clinic_id and login.token_hash = push_device.login_hash
             and login.person_id = push_device.person_id
         where push_device.clinic_id = $1 and push_device.person_id = $2
         order by push_device.made_at, push_device.device_id",
        &[clinic_id.into(), person_id.into()],
        read_device,
    )
}

/// Adds a browser in place of whatever was known of it, and forgets the oldest ones past `most`.
pub fn set_device(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    device: &Device,
    most: i64,
) -> Result<(), Error> {
    tx.exec(
        "delete from push_device where endpoint = $1",
        &[(&device.endpoint).into()],
    )?;
    tx.exec(
        "insert into push_device (clinic_id, device_id, person_id, login_hash, endpoint, p256dh, auth, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            clinic_id.into(),
            (&device.device_id).into(),
            person_id.into(),
            (&device.login_hash).into(),
            (&device.endpoint).into(),
            (&device.p256dh).into(),
            (&device.auth).into(),
            device.made_at.into(),
        ],
    )?;
    tx.exec(
        "delete from push_device where clinic_id = $1 and person_id = $2 and device_id not in
             (select device_id from push_device where clinic_id = $1 and person_id = $2
              order by made_at desc, device_id desc limit $3)",
        &[clinic_id.into(), person_id.into(), most.into()],
    )?;
    Ok(())
}

/// No more messages on that device; false when it is not hers.
pub fn remove_device(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    device_id: &str,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "delete from push_device where clinic_id = $1 and person_id = $2 and device_id = $3",
        &[clinic_id.into(), person_id.into(), device_id.into()],
    )? == 1)
}

/// Forgets her devices whose login has gone.
pub fn remove_signed_out_devices(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<(), Error> {
    tx.exec(
        "delete from push_device where clinic_id = $1 and person_id = $2 and not exists
             (select login.token_hash from login where login.clinic_id = push_device.clinic_id
              and login.token_hash = push_device.login_hash and login.person_id = push_device.person_id)",
        &[clinic_id.into(), person_id.into()],
    )?;
    Ok(())
}

/// The private key of a clinic's messages.
pub fn find_key(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Option<Vec<u8>>, Error> {
    tx.one(
        "select private_key from push_key where clinic_id = $1",
        &[clinic_id.into()],
        |row| row.get("private_key"),
    )
}

/// Keeps a new key, unless another process was faster.
pub fn add_key(tx: &mut Tx<'_>, clinic_id: &str, private_key: &[u8]) -> Result<(), Error> {
    tx.exec(
        "insert into push_key (clinic_id, private_key) values ($1, $2) on conflict (clinic_id) do nothing",
        &[clinic_id.into(), private_key.into()],
    )?;
    Ok(())
}

/// When the calendar's address was made.
pub fn find_calendar(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Option<i64>, Error> {
    tx.one(
        "select made_at from calendar_feed where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
        |row| row.get("made_at"),
    )
}

/// Whose calendar that address is: clinic, person and where she is.
pub fn find_calendar_owner(
    tx: &mut Tx<'_>,
    token_hash: &str,
) -> Result<Option<(String, String, String)>, Error> {
    tx.one(
        "select person.clinic_id as clinic_id, person.person_id as person_id, person.zone as zone
         from calendar_feed
         join person on person.clinic_id = calendar_feed.clinic_id and person.person_id = calendar_feed.person_id
         where calendar_feed.token_hash = $1 and person.ended_at is null",
        &[token_hash.into()],
        |row| Ok((row.get("clinic_id")?, row.get("person_id")?, row.get("zone")?)),
    )
}

/// A new address in place of the one before.
pub fn set_calendar(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    token_hash: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into calendar_feed (clinic_id, person_id, token_hash, made_at) values ($1, $2, $3, $4)
         on conflict (clinic_id, person_id) do update set token_hash = excluded.token_hash,
             made_at = excluded.made_at",
        &[clinic_id.into(), person_id.into(), token_hash.into(), now.into()],
    )?;
    Ok(())
}

/// The address leads nowhere from now on.
pub fn remove_calendar(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from calendar_feed where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    Ok(())
}
