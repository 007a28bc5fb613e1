namespace Moderation.MediaHash.Banks;

/// <summary>The closed taxonomy of harms, with the numbers of the contract's enum of the same name.</summary>
public enum HarmCategory
{
    /// <summary>Not set; refused.</summary>
    Unspecified = 0,

    /// <summary>Violence and threats.</summary>
    Violence = 1,

    /// <summary>Violent extremism.</summary>
    ViolentExtremism = 2,

    /// <summary>Adult sexual content.</summary>
    SexualContent = 3,

    /// <summary>Sexual exploitation of children.</summary>
    ChildSexualExploitation = 4,

    /// <summary>Fraud, phishing and spam.</summary>
    FraudSpam = 5,

    /// <summary>Harassment of a person.</summary>
    Harassment = 6,

    /// <summary>Attacks for a protected characteristic.</summary>
    Hate = 7,

    /// <summary>Self-harm and suicide.</summary>
    SelfHarm = 8,

    /// <summary>A claim that a published fact-check has rated false.</summary>
    FalseClaim = 9,
}

/// <summary>The kind of a fingerprint, with the numbers of the contract's enum of the same name.</summary>
public enum HashKind
{
    /// <summary>Not set; refused.</summary>
    Unspecified = 0,

    /// <summary>Perceptual, 64 hexadecimal digits.</summary>
    Pdq = 1,

    /// <summary>SHA-256 of the bytes, 64 hexadecimal digits.</summary>
    Sha256 = 2,

    /// <summary>MD5 of the bytes, 32 hexadecimal digits.</summary>
    Md5 = 3,

    /// <summary>SHA-1 of the bytes, 40 hexadecimal digits.</summary>
    Sha1 = 4,

    /// <summary>Perceptual hashes of a video's frames, each 64 hexadecimal digits, commas between.</summary>
    Vpdq = 5,
}
