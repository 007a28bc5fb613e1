using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>JSON web tokens (HS256) of one audience, signed with a secret from a file.</summary>
public abstract class SignedTokens
{
    private const string Issuer = "moderation";
    private const int CacheSize = 4096;
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };
    private readonly SymmetricSecurityKey _key;
    private readonly string _audience;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (string Subject, DateTimeOffset End)> _seen = new();

    private protected SignedTokens(SymmetricSecurityKey key, string audience, TimeProvider time)
        => (_key, _audience, _time) = (key, audience, time);

    /// <summary>Makes a token for <paramref name="subject"/>.</summary>
    public string Issue(string subject, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = _audience,
            Subject = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, subject)]),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>The subject of a valid token, else null.</summary>
    public async ValueTask<string?> ValidateAsync(string token)
    {
        var now = _time.GetUtcNow();
        if (_seen.TryGetValue(token, out var seen))
        {
            return seen.End > now ? seen.Subject : null;
        }

        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = _audience,
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => from <= now.UtcDateTime.AddSeconds(30) && to > now.UtcDateTime,
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken { Subject.Length: > 0 } valid)
        {
            return null;
        }

        if (_seen.Count >= CacheSize)
        {
            _seen.Clear();
        }

        _seen[token] = (valid.Subject, valid.ValidTo);
        return valid.Subject;
    }
}

/// <summary>Tokens by which services know each other; short-lived.</summary>
public sealed class ServiceTokens(IOptions<ServiceTokenOptions> options, TimeProvider time)
    : SignedTokens(KeyFiles.Read(options.Value.KeyFile, "ServiceToken:KeyFile"), "moderation-services", time)
{
    /// <summary>How long a token lives.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
}

/// <summary>Tokens of people: the subject is the person.</summary>
public sealed class PeopleTokens(IOptions<PeopleOptions> options, TimeProvider time)
    : SignedTokens(KeyFiles.Read(options.Value.KeyFile, "People:KeyFile"), "moderation-people", time);
