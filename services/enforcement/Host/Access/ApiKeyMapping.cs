using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Access;

/// <summary>API keys between the contract and the store.</summary>
internal static class ApiKeyMapping
{
    public static void RequireKeyNames(this FieldViolations violations, string tenantId, string keyId)
    {
        violations.RequireName(tenantId, "tenant_id");
        violations.RequireName(keyId, "key_id");
    }

    public static void RequireScopes(this FieldViolations violations, IReadOnlyCollection<Scope> scopes)
        => violations.Require(
            scopes.All(ApiKeyScopes.All.Contains) && scopes.Distinct().Count() == scopes.Count,
            "scopes",
            $"must be empty or name each once of {string.Join(", ", ApiKeyScopes.All.Order().Select(ApiKeyScopes.NameOf))}");

    public static void RequireFuture(this FieldViolations violations, Timestamp? time, string field, DateTimeOffset now)
        => violations.Require(time is null || (IsTime(time) && time.ToDateTimeOffset() > now), field, "must be unset or in the future");

    /// <summary>Whether a time of the wire is one that can be reckoned with.</summary>
    public static bool IsTime(Timestamp time)
        => time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && time.Seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static ApiKey ToContract(this StoredApiKey key, DateTimeOffset now) => new()
    {
        KeyId = key.KeyId,
        Scopes = { key.Scopes.Order() },
        CreateTime = ToTimestamp(key.CreateTime),
        ExpireTime = ToTimestamp(key.ExpireTime),
        OldSecretEndTime = key.OldSecretEnd > now ? ToTimestamp(key.OldSecretEnd) : null,
        LastUseDay = key.LastUseDay,
    };

    private static Timestamp? ToTimestamp(DateTimeOffset? time) => time is { } at ? Timestamp.FromDateTimeOffset(at) : null;
}
