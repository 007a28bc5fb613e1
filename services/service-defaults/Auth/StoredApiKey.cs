using System.Security.Cryptography;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>An API key as it is stored.</summary>
/// <param name="TenantId">Whose it is.</param>
/// <param name="KeyId">Its public part.</param>
/// <param name="Scopes">What it may be used for.</param>
/// <param name="CreateTime">When it was made.</param>
/// <param name="ExpireTime">When it ends; null is never.</param>
/// <param name="OldSecretEnd">Until when the secret before the present one is good too; null when there was none.</param>
/// <param name="LastUseDay">The last day (UTC) of use, <c>yyyy-MM-dd</c>; empty when it was never used.</param>
public sealed record StoredApiKey(
    string TenantId, string KeyId, IReadOnlySet<Scope> Scopes, DateTimeOffset? CreateTime, DateTimeOffset? ExpireTime, DateTimeOffset? OldSecretEnd, string LastUseDay)
{
    private readonly byte[] _hash = [];
    private readonly byte[]? _oldHash;

    internal StoredApiKey(
        string tenantId, string keyId, IReadOnlySet<Scope> scopes, DateTimeOffset? createTime, DateTimeOffset? expireTime, DateTimeOffset? oldSecretEnd,
        string lastUseDay, byte[] hash, byte[]? oldHash)
        : this(tenantId, keyId, scopes, createTime, expireTime, oldSecretEnd, lastUseDay) => (_hash, _oldHash) = (hash, oldHash);

    /// <summary>Whether a secret with this SHA-256 is good at <paramref name="now"/>.</summary>
    internal bool Takes(ReadOnlySpan<byte> hash, DateTimeOffset now)
        => !(ExpireTime <= now)
            && (CryptographicOperations.FixedTimeEquals(_hash, hash)
                || (_oldHash is not null && OldSecretEnd > now && CryptographicOperations.FixedTimeEquals(_oldHash, hash)));
}

/// <summary>What became of a rotation.</summary>
/// <param name="ApiKey">The key with its new secret, to be shown once; null unless it was rotated.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="RotatingUntil">When the old secret of the rotation under way ends.</param>
public sealed record ApiKeyRotation(string? ApiKey, ApiKeyRotationOutcome Outcome, DateTimeOffset? RotatingUntil);

/// <summary>The outcomes of a rotation.</summary>
public enum ApiKeyRotationOutcome
{
    /// <summary>There is a new secret.</summary>
    Rotated,

    /// <summary>The tenant has no such key.</summary>
    Absent,

    /// <summary>Two secrets are good already; a third would end one that may be in use.</summary>
    Rotating,

    /// <summary>The key has ended, and no later end was given.</summary>
    Expired,
}
