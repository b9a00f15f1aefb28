//! What a relying party of these tests does wrong, and the points that this breaks.

macro_rules! flaws {
    ($($flaw:ident => $points:expr,)*) => {
        /// What it does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Flaw {
            /// Nothing.
            Nothing,
            $(#[doc = stringify!($flaw)] $flaw,)*
        }

        /// Each fault, and the points it breaks, in the order of the list.
        pub const BROKEN: &[(Flaw, &[&str])] = &[(Flaw::Nothing, &[]), $((Flaw::$flaw, &$points),)*];
    };
}

flaws! {
    StateUnchecked => ["O6", "26"],
    StateOfAnyBrowser => ["O6", "26"],
    StateKept => ["26"],
    StateOfSession => ["26"],
    StateShort => ["O6"],
    StateRepeated => ["O6", "26"],
    StateLowerCase => ["O6"],
    NonceCounted => ["O6"],
    NonceConstant => ["O6", "26"],
    NonceUnchecked => ["O6", "26", "27"],
    SignatureUnchecked => ["27"],
    IssuerUnchecked => ["27"],
    AudienceUnchecked => ["27"],
    ExpiryUnchecked => ["27"],
    LevelUnchecked => ["27"],
    SubjectUncompared => ["27"],
    SubjectUncomparedAndUnnamed => ["27"],
    PlainUserInfo => ["27"],
    KeysForEver => ["27"],
    JsonErrors => ["O7", "23"],
    TextErrors => ["O7", "23"],
    StackTraces => ["23"],
    DeadEnds => ["23"],
    ShortErrors => ["23"],
    SilentErrors => ["O7"],
    SilentCancellation => ["O7"],
    ErrorsWithStatus200 => ["23"],
    ErrorsUnescaped => ["23"],
    LocalLogout => ["O8", "15"],
    ForeignLogout => ["O8", "15"],
    LogoutToNowhere => ["O8", "15"],
    LogoutAfterwards => ["15"],
    LogoutStateFatal => ["15"],
    NoLogout => ["O8", "15"],
    EmailAsKey => ["O3", "O4", "17", "20", "21"],
    EmailAsKeyAndRenamed => ["O3", "O4", "17", "20", "21"],
    EmailInKey => ["O4", "17", "20", "21"],
    ProviderInKey => ["20", "21"],
    UsageNameNeeded => ["18"],
    AccessTokenShown => ["30"],
    AccessTokenInCookie => ["30"],
    UserInfoLate => ["30"],
    UserInfoAgain => ["30"],
    SecretShown => ["28"],
    SecretInScript => ["28"],
    SecretInCookie => ["28"],
    Http => ["25"],
    CallbackUnregistered => ["29"],
    HostsWithoutSector => ["29"],
    SectorWithLogout => ["O10"],
    SectorWithoutCallback => ["O10"],
    SectorNoJson => ["O10"],
    SectorBroken => ["O10"],
    SectorUnreachable => ["31"],
}
