using Microsoft.Extensions.Options;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>
/// An identity provider of the operator, whose signed tokens (JWT, RS256 or ES256) people may use. Section <c>People:Jwt</c>. Nothing is
/// fetched over the network: the provider's public keys are a mounted file, read again when it changes.
/// </summary>
public sealed class IdentityProviderOptions
{
    /// <summary>What a token must have as <c>iss</c>. Empty: no provider.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What a token must have in <c>aud</c>.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Path of the provider's public keys: a JSON Web Key Set (RFC 7517) with RSA keys of 2048 bits or more or P-256 keys, each with a <c>kid</c>.</summary>
    public string JwksFile { get; set; } = "";

    /// <summary>The claim that says who the person is; it stands in the records, so take one that is never given to another.</summary>
    public string SubjectClaim { get; set; } = "sub";

    /// <summary>The claim with the person's roles: a name, or a path with dots where there is no claim of that very name (<c>realm_access.roles</c>).</summary>
    public string RolesClaim { get; set; } = Person.RolesClaim;

    /// <summary>The claim with the person's tenants; a name or a path.</summary>
    public string TenantsClaim { get; set; } = Person.TenantsClaim;

    /// <summary>The claim with the person's clearances; a name or a path.</summary>
    public string ClearancesClaim { get; set; } = Person.ClearancesClaim;

    /// <summary>The roles behind the provider's names. Empty: the provider's names are ours (<c>reviewer</c>, <c>lead</c>, ...).</summary>
    public IList<RoleMapping> RoleMap { get; } = [];

    /// <summary>Whether there is a provider.</summary>
    public bool IsOn => Issuer.Length > 0;
}

/// <summary>A name of the provider and the role that it gives.</summary>
public sealed class RoleMapping
{
    /// <summary>The provider's name, such as a group.</summary>
    public string From { get; set; } = "";

    /// <summary>Our role: <c>reviewer</c>, <c>lead</c>, <c>policy</c>, <c>auditor</c> or <c>admin</c>.</summary>
    public string To { get; set; } = "";
}

/// <summary>Says at the start what is missing, before the first person is turned away.</summary>
internal sealed class PeopleOptionsCheck : IValidateOptions<PeopleOptions>
{
    public ValidateOptionsResult Validate(string? name, PeopleOptions options)
    {
        var faults = Faults(options.Jwt).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(IdentityProviderOptions jwt)
    {
        if (!jwt.IsOn)
        {
            if (jwt.Audience.Length > 0 || jwt.JwksFile.Length > 0)
            {
                yield return "People:Jwt:Issuer is not set, and other settings of People:Jwt are: name the issuer of the tokens.";
            }

            yield break;
        }

        foreach (var (value, setting) in new[]
        {
            (jwt.Audience, nameof(jwt.Audience)), (jwt.JwksFile, nameof(jwt.JwksFile)), (jwt.SubjectClaim, nameof(jwt.SubjectClaim)),
            (jwt.RolesClaim, nameof(jwt.RolesClaim)), (jwt.TenantsClaim, nameof(jwt.TenantsClaim)), (jwt.ClearancesClaim, nameof(jwt.ClearancesClaim)),
        })
        {
            if (value.Length == 0)
            {
                yield return $"People:Jwt:{setting} is not set.";
            }
        }

        foreach (var mapping in jwt.RoleMap)
        {
            if (mapping.From.Length == 0 || Person.RoleNamed(mapping.To) is null)
            {
                yield return $"People:Jwt:RoleMap: '{mapping.From}' to '{mapping.To}' needs a name of the provider and one of {string.Join(", ", Person.EveryRole.Order().Select(Person.NameOf))}.";
            }
        }

        if (jwt.JwksFile.Length > 0 && ProviderKeys.Fault(jwt.JwksFile) is { } fault)
        {
            yield return $"People:Jwt:JwksFile: {fault}";
        }
    }
}
