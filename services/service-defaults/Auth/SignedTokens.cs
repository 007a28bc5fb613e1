using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>JSON web tokens (HS256) of one audience, signed with a secret from a file.</summary>
/// <typeparam name="T">What a token says.</typeparam>
public abstract class SignedTokens<T>
    where T : class
{
    private const string Issuer = "moderation";
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };
    private readonly SymmetricSecurityKey _key;
    private readonly string _audience;
    private readonly TimeProvider _time;
    private readonly TokenCache<T> _seen = new();

    private protected SignedTokens(SymmetricSecurityKey key, string audience, TimeProvider time)
        => (_key, _audience, _time) = (key, audience, time);

    /// <summary>What a valid token says, else null.</summary>
    public async ValueTask<T?> ValidateAsync(string token)
    {
        var now = _time.GetUtcNow();
        if (_seen.TryGet(token, now, out var seen))
        {
            return seen;
        }

        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = _audience,
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => TokenLifetime.IsNow(from, to, now),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken { Subject.Length: > 0 } valid)
        {
            return null;
        }

        var content = Read(valid);
        _seen.Add(token, content, valid.ValidTo);
        return content;
    }

    private protected abstract T Read(JsonWebToken token);

    private protected string Sign(string subject, TimeSpan lifetime, IDictionary<string, object>? claims = null)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = _audience,
            Subject = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, subject)]),
            Claims = claims,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
    }
}

/// <summary>Tokens by which services know each other; short-lived. They say the service's name.</summary>
public sealed class ServiceTokens(IOptions<ServiceTokenOptions> options, TimeProvider time)
    : SignedTokens<string>(KeyFiles.Read(options.Value.KeyFile, "ServiceToken:KeyFile"), "moderation-services", time)
{
    /// <summary>How long a token lives.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Makes a token for a service.</summary>
    public string Issue(string service, TimeSpan lifetime) => Sign(service, lifetime);

    private protected override string Read(JsonWebToken token) => token.Subject;
}

/// <summary>Tokens of people.</summary>
public sealed class PeopleTokens(IOptions<PeopleOptions> options, TimeProvider time)
    : SignedTokens<Person>(KeyFiles.OfPeople(options.Value), "moderation-people", time)
{
    /// <summary>Makes a token for a person.</summary>
    public string Issue(Person person, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(person);
        return Sign(person.Subject, lifetime, person.Claims);
    }

    private protected override Person Read(JsonWebToken token) => Person.Read(token);
}
