using System.Globalization;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>A value on its way into the store: a text, a number or bytes.</summary>
internal readonly record struct StoreValue(string? Text, byte[]? Bytes)
{
    public static implicit operator StoreValue(string text) => new(text, null);

    public static implicit operator StoreValue(byte[] bytes) => new(null, bytes);

    public static implicit operator StoreValue(long number) => new(number.ToString(CultureInfo.InvariantCulture), null);

    public static implicit operator StoreValue(double number) => new(number.ToString("R", CultureInfo.InvariantCulture), null);
}

/// <summary>How a guard compares.</summary>
internal enum GuardKind
{
    /// <summary>The field is this value; an absent one is empty.</summary>
    Equal,

    /// <summary>The field is not this value.</summary>
    NotEqual,

    /// <summary>The field is a number above this one; an absent one is 0.</summary>
    Above,
}

/// <summary>What must hold for a commit to happen, seen in the same script.</summary>
/// <param name="Code">What the commit answers when it does not hold.</param>
/// <param name="Kind">How to compare.</param>
/// <param name="Key">A hash in the account's shard.</param>
/// <param name="Field">Its field.</param>
/// <param name="Value">What to compare with.</param>
internal sealed record CommitGuard(string Code, GuardKind Kind, string Key, string Field, StoreValue Value);

/// <summary>What else changes with a decision, in the same script.</summary>
/// <param name="Command">A command that writes to one key.</param>
/// <param name="Key">A key in the account's shard.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record CommitEffect(string Command, string Key, params StoreValue[] Arguments);
