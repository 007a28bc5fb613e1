namespace Moderation.TextClassify.Lists;

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

    /// <summary>Sexual exploitation of children; no list of terms may stand for it.</summary>
    ChildSexualExploitation = 4,

    /// <summary>Fraud, phishing and spam.</summary>
    FraudSpam = 5,

    /// <summary>Harassment of a person.</summary>
    Harassment = 6,

    /// <summary>Attacks for a protected characteristic.</summary>
    Hate = 7,

    /// <summary>Self-harm and suicide.</summary>
    SelfHarm = 8,

    /// <summary>A claim that a fact-check has rated false; no list of terms may stand for it.</summary>
    FalseClaim = 9,
}

/// <summary>What an entry looks for, with the numbers of the contract's enum of the same name.</summary>
public enum TextListKind
{
    /// <summary>Not set; refused.</summary>
    Unspecified = 0,

    /// <summary>A word or phrase.</summary>
    Term = 1,

    /// <summary>A regular expression.</summary>
    Regex = 2,

    /// <summary>A host of a link.</summary>
    Host = 3,

    /// <summary>A host and the beginning of a path.</summary>
    Link = 4,
}

/// <summary>What names an entry.</summary>
/// <param name="TenantId">The tenant; empty for an entry that holds for all.</param>
/// <param name="EntryId">The entry, unique in the tenant.</param>
public readonly record struct TextListKey(string TenantId, string EntryId);

/// <summary>An entry of a list.</summary>
/// <param name="Key">What names it.</param>
/// <param name="Category">The harm that it stands for.</param>
/// <param name="Kind">What it looks for.</param>
/// <param name="Pattern">The term, expression, host or link, as it was given.</param>
/// <param name="Note">For people.</param>
/// <param name="EndTime">When it stops matching; null: never.</param>
/// <param name="Creator">Who added it.</param>
/// <param name="CreateTime">When.</param>
public sealed record TextListEntry(
    TextListKey Key, HarmCategory Category, TextListKind Kind, string Pattern, string Note, DateTimeOffset? EndTime, string Creator, DateTimeOffset CreateTime);

/// <summary>An entry that a text contains.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Start">First code point of the submitted text.</param>
/// <param name="End">One past the last code point.</param>
public readonly record struct TextListHit(TextListEntry Entry, int Start, int End);

/// <summary>A change of the lists: an entry that is there now, or one that is gone.</summary>
/// <param name="Key">What names it.</param>
/// <param name="Entry">The entry; null when it was removed.</param>
public readonly record struct TextListUpdate(TextListKey Key, TextListEntry? Entry);
