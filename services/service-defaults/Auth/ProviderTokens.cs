using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Tokens of people that an identity provider signed.</summary>
public sealed class ProviderTokens
{
    private const int MaxTokenLength = 16 * 1024;
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenLength };
    private readonly IdentityProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ProviderKeys? _keys;

    /// <summary>Those of the provider in <paramref name="options"/>, if there is one.</summary>
    public ProviderTokens(IOptions<PeopleOptions> options, TimeProvider time, ILogger<ProviderTokens> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options.Value.Jwt, time);
        _keys = _options.IsOn ? new ProviderKeys(_options.JwksFile, time, logger) : null;
    }

    /// <summary>The person of a valid token, else null.</summary>
    public async ValueTask<Person?> ValidateAsync(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (_keys is null || token.Length > MaxTokenLength || !Handler.CanReadToken(token) || KeyIdOf(token) is not { Length: > 0 } keyId)
        {
            return null;
        }

        var now = _time.GetUtcNow();
        var keys = _keys.Current(keyId);
        if (keys.Seen.TryGet(token, now, out var seen))
        {
            return seen;
        }

        // The token chooses among our keys and nothing else: not the algorithm, not a key of its own.
        if (!keys.Keys.TryGetValue(keyId, out var key))
        {
            return null;
        }

        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _options.Issuer,
            ValidAudience = _options.Audience,
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (from, to, _, _) => TokenLifetime.IsNow(from, to, now),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken valid || Read(valid) is not { } person)
        {
            return null;
        }

        keys.Seen.Add(token, person, valid.ValidTo);
        return person;
    }

    private static string? KeyIdOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Kid;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or JsonException)
        {
            return null;
        }
    }

    private Person? Read(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.Decode(token.EncodedPayload));
        var claims = payload.RootElement;
        var subjects = Values(claims, _options.SubjectClaim).ToList();
        return subjects is [{ } subject] && Person.IsSubject(subject)
            ? Person.Of(
                subject,
                Values(claims, _options.RolesClaim).SelectMany(RolesOf),
                Values(claims, _options.TenantsClaim),
                Values(claims, _options.ClearancesClaim))
            : null;
    }

    private IEnumerable<Role> RolesOf(string name) => _options.RoleMap.Count == 0
        ? new[] { Person.RoleNamed(name) }.OfType<Role>()
        : _options.RoleMap.Where(m => m.From == name).Select(m => Person.RoleNamed(m.To)).OfType<Role>();

    // A claim of that very name wins over a path: providers have claims that are called by addresses, and those have dots.
    private static IEnumerable<string> Values(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var found))
        {
            found = claims;
            foreach (var part in name.Split('.'))
            {
                if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(part, out found))
                {
                    return [];
                }
            }
        }

        return found.ValueKind switch
        {
            JsonValueKind.String => [found.GetString()!], // a string is never null
            JsonValueKind.Array => [.. found.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)],
            _ => [],
        };
    }
}
