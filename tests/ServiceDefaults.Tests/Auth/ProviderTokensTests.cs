using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Auth;

public sealed class ProviderTokensTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly IdentityProvider _provider;

    public ProviderTokensTests() => _provider = new IdentityProvider(_time);

    public void Dispose() => _provider.Dispose();

    [Theory]
    [InlineData("rsa-1", "RS256")]
    [InlineData("ec-1", "ES256")]
    public async Task Validate_of_a_good_token_gives_the_person(string kid, string algorithm)
    {
        var person = await Tokens().ValidateAsync(_provider.Sign(kid, algorithm));
        Assert.NotNull(person);
        Assert.Equal("ann@example.org", person.Subject);
        Assert.Equivalent(new[] { Role.Lead }, person.Roles, strict: true);
        Assert.Equivalent(new[] { "acme" }, person.Tenants, strict: true);
        Assert.Empty(person.Clearances);
    }

    public static TheoryData<string> BadClaims() =>
    [
        "iss=https://login.example.org", "iss=", "aud=other", "aud=", "exp=-1", "exp=0", "exp=", "nbf=31", "sub=", "sub= ann", "sub=a\nb",
    ];

    [Theory]
    [MemberData(nameof(BadClaims))]
    public async Task Validate_of_a_token_with_a_wrong_or_missing_claim_gives_none(string change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var (name, value) = (change.Split('=')[0], change.Split('=')[1]);
        var token = _provider.Sign("rsa-1", "RS256", _provider.Claims(claims =>
        {
            claims.Remove(name);
            if (value.Length > 0)
            {
                claims[name] = name is "exp" or "nbf" ? _time.GetUtcNow().ToUnixTimeSeconds() + int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : value;
            }
        }));
        Assert.Null(await Tokens().ValidateAsync(token));
        Assert.NotNull(await Tokens().ValidateAsync(_provider.Sign("rsa-1", "RS256"))); // all else is right
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Validate_of_an_expired_token_gives_none(bool seenBefore)
    {
        var tokens = Tokens();
        var token = _provider.Sign("ec-1", "ES256");
        Assert.True(!seenBefore || await tokens.ValidateAsync(token) is not null);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await tokens.ValidateAsync(token));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    public async Task Validate_of_a_token_without_a_signature_gives_none(string algorithm)
    {
        var unsigned = _provider.Sign("rsa-1", algorithm, null, null, _ => []);
        Assert.Null(await Tokens().ValidateAsync(unsigned));
        Assert.Null(await Tokens().ValidateAsync(unsigned.TrimEnd('.')));
    }

    [Fact]
    public async Task Validate_of_a_token_signed_with_the_public_key_as_a_shared_secret_gives_none()
    {
        var rsa = (RSA)_provider.Key("rsa-1");
        byte[][] secrets =
        [
            Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), rsa.ExportSubjectPublicKeyInfo(), rsa.ExportRSAPublicKey(),
            rsa.ExportParameters(false).Modulus!, Encoding.UTF8.GetBytes(Base64Url.EncodeToString(rsa.ExportParameters(false).Modulus)), // an RSA key has one
            await File.ReadAllBytesAsync(_provider.JwksFile, TestContext.Current.CancellationToken),
        ];
        foreach (var secret in secrets)
        {
            Assert.Null(await Tokens().ValidateAsync(_provider.Sign("rsa-1", "HS256", null, null, data => HMACSHA256.HashData(secret, data))));
        }
    }

    [Fact]
    public async Task Validate_never_takes_a_symmetric_key_even_when_the_set_has_one()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        _provider.Publish(new { kty = "oct", kid = "shared", alg = "HS256", k = Base64Url.EncodeToString(secret) });
        var tokens = Tokens();
        Assert.Null(await tokens.ValidateAsync(_provider.Sign("shared", "HS256", null, null, data => HMACSHA256.HashData(secret, data))));
        Assert.NotNull(await tokens.ValidateAsync(_provider.Sign("rsa-1", "RS256")));
    }

    [Fact]
    public async Task Validate_of_a_token_by_a_key_that_is_not_the_one_it_names_gives_none()
    {
        using var other = RSA.Create(2048);
        byte[] ByOther(byte[] data) => other.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Null(await Tokens().ValidateAsync(_provider.Sign("rsa-1", "RS256", null, null, ByOther)));
        Assert.Null(await Tokens().ValidateAsync(_provider.Sign("unknown", "RS256", null, null, ByOther)));
        Assert.Null(await Tokens().ValidateAsync(_provider.Sign("rsa-1", "RS256", null, h => h["jwk"] = IdentityProvider.Jwk("rsa-1", other), ByOther)));
        Assert.Null(await Tokens().ValidateAsync(_provider.Sign("rsa-1", "RS256", null, h => h["jku"] = "https://evil.example/jwks", ByOther)));
        Assert.Null(await Tokens().ValidateAsync(_provider.Sign("ec-1", "RS256", null, null, ByOther)));
        Assert.Null(await Tokens().ValidateAsync(_provider.Sign("rsa-1", "RS256", null, h => h.Remove("kid"))));
    }

    [Theory]
    [InlineData("RS384")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Validate_of_another_algorithm_gives_none(string algorithm)
        => Assert.Null(await Tokens().ValidateAsync(_provider.Sign("rsa-1", algorithm)));

    [Fact]
    public async Task Validate_of_a_changed_token_gives_none()
    {
        var parts = _provider.Sign("rsa-1", "RS256").Split('.');
        var other = _provider.Sign("rsa-1", "RS256", _provider.Claims(c => c["tenants"] = new[] { "*" })).Split('.');
        Assert.Null(await Tokens().ValidateAsync($"{parts[0]}.{other[1]}.{parts[2]}"));
        Assert.Null(await Tokens().ValidateAsync("not a token"));
        Assert.Null(await Tokens().ValidateAsync("a.b.c"));
        Assert.Null(await Tokens().ValidateAsync(new string('x', 20_000)));
    }

    [Fact]
    public async Task Rotated_keys_are_taken_within_seconds_and_what_a_withdrawn_one_signed_is_forgotten()
    {
        var tokens = Tokens();
        var old = _provider.Sign("rsa-1", "RS256");
        Assert.NotNull(await tokens.ValidateAsync(old));

        // Both for a while, as providers do it: the new key is there at once, since it was unknown.
        _provider.AddRsa("rsa-2");
        _provider.Publish();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await tokens.ValidateAsync(_provider.Sign("rsa-2", "RS256")));
        Assert.NotNull(await tokens.ValidateAsync(old));

        _provider.Withdraw("rsa-1");
        _provider.Publish();
        _time.Advance(ProviderKeys.Trust);
        Assert.Null(await tokens.ValidateAsync(old));
        Assert.NotNull(await tokens.ValidateAsync(_provider.Sign("rsa-2", "RS256")));
    }

    [Theory]
    [InlineData("{\"keys\":[")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("")]
    public async Task Keys_that_can_not_be_read_leave_those_before_in_force(string text)
    {
        var tokens = Tokens();
        Assert.NotNull(await tokens.ValidateAsync(_provider.Sign("rsa-1", "RS256")));
        _provider.Write(text);
        _time.Advance(ProviderKeys.Trust);
        Assert.NotNull(await tokens.ValidateAsync(_provider.Sign("rsa-1", "RS256")));
        _provider.Publish();
        _time.Advance(ProviderKeys.Trust);
        Assert.NotNull(await tokens.ValidateAsync(_provider.Sign("ec-1", "ES256")));
    }

    [Fact]
    public async Task Roles_are_mapped_from_the_providers_names_and_found_by_path()
    {
        var tokens = Tokens(o =>
        {
            o.SubjectClaim = "https://example.org/id";
            o.RolesClaim = "realm_access.roles";
            o.TenantsClaim = "tenant";
            o.RoleMap.Add(new RoleMapping { From = "/trust/reviewers", To = "reviewer" });
            o.RoleMap.Add(new RoleMapping { From = "/trust/audit", To = "auditor" });
        });
        var person = await tokens.ValidateAsync(_provider.Sign("rsa-1", "RS256", _provider.Claims(c =>
        {
            c["https://example.org/id"] = "u-17";
            c["realm_access"] = new { roles = new[] { "/trust/reviewers", "admin", "lead" } };
            c["tenant"] = "globex";
            c["clearances"] = new[] { Person.ChildSafety };
        })));
        Assert.NotNull(person);
        Assert.Equal("u-17", person.Subject);
        Assert.Equivalent(new[] { Role.Reviewer }, person.Roles, strict: true);
        Assert.Equivalent(new[] { "globex" }, person.Tenants, strict: true);
        Assert.Equivalent(new[] { Person.ChildSafety }, person.Clearances, strict: true);
    }

    [Fact]
    public async Task Without_a_provider_no_such_token_is_good() => Assert.Null(await Tokens(o => o.Issuer = "").ValidateAsync(_provider.Sign("rsa-1", "RS256")));

    [Fact]
    public void Options_that_are_wrong_are_told_all_at_once()
    {
        var options = new PeopleOptions();
        options.Jwt.Issuer = IdentityProvider.Issuer;
        options.Jwt.JwksFile = "/nowhere/jwks.json";
        options.Jwt.RoleMap.Add(new RoleMapping { From = "g", To = "platform" });
        var failures = new PeopleOptionsCheck().Validate(null, options).Failures?.ToList();
        Assert.NotNull(failures);
        Assert.Equal(3, failures.Count);
        Assert.Contains(failures, f => f == "People:Jwt:Audience is not set.");
        Assert.Contains(failures, f => f.Contains("'g' to 'platform'", StringComparison.Ordinal));
        Assert.Contains(failures, f => f.Contains("/nowhere/jwks.json", StringComparison.Ordinal));
        Assert.True(new PeopleOptionsCheck().Validate(null, new PeopleOptions()).Succeeded);
        Assert.True(new PeopleOptionsCheck().Validate(null, new PeopleOptions { Jwt = new IdentityProviderOptions { Audience = "x" } }).Failed);
    }

    [Fact]
    public void Key_sets_with_private_weak_or_twofold_keys_are_refused()
    {
        Assert.Null(ProviderKeys.Fault(_provider.JwksFile));
        using var weak = RSA.Create(1024);
        using var other = RSA.Create(2048);
        Assert.Contains("private key of leaked", FaultOf(IdentityProvider.Jwk("leaked", other, withPrivate: true)), StringComparison.Ordinal);
        Assert.Contains("two keys with the kid rsa-1", FaultOf(IdentityProvider.Jwk("rsa-1", other)), StringComparison.Ordinal);
        _provider.Withdraw("rsa-1");
        _provider.Withdraw("ec-1");
        Assert.Contains("no key with a kid", FaultOf(IdentityProvider.Jwk("weak", weak)), StringComparison.Ordinal);
        Assert.Contains("no key with a kid", FaultOf(IdentityProvider.Jwk("", other)), StringComparison.Ordinal);
    }

    private string FaultOf(object jwk)
    {
        _provider.Publish(jwk);
        return ProviderKeys.Fault(_provider.JwksFile) ?? "none";
    }

    private ProviderTokens Tokens(Action<IdentityProviderOptions>? change = null)
    {
        var options = new PeopleOptions
        {
            Jwt = new IdentityProviderOptions { Issuer = IdentityProvider.Issuer, Audience = IdentityProvider.Audience, JwksFile = _provider.JwksFile },
        };
        change?.Invoke(options.Jwt);
        return new ProviderTokens(Options.Create(options), _time, NullLogger<ProviderTokens>.Instance);
    }
}
