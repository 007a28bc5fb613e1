using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>A person, as a token says who they are and what they may do.</summary>
/// <param name="Subject">Who acts; stands in the records as written.</param>
/// <param name="Roles">Their roles, as given: what a role includes is added by <see cref="Caller"/>.</param>
/// <param name="Tenants">The tenants that they have a part in; <see cref="AllTenants"/> is every one.</param>
/// <param name="Clearances">What they may see beyond their roles, such as <see cref="ChildSafety"/>.</param>
public sealed record Person(string Subject, IReadOnlySet<Role> Roles, IReadOnlySet<string> Tenants, IReadOnlySet<string> Clearances)
{
    /// <summary>The tenant that stands for all of them.</summary>
    public const string AllTenants = "*";

    /// <summary>The clearance for material of child sexual exploitation.</summary>
    public const string ChildSafety = "child-safety";

    /// <summary>Characters of a subject at most.</summary>
    public const int MaxSubjectLength = 200;

    internal const string RolesClaim = "roles";
    internal const string TenantsClaim = "tenants";
    internal const string ClearancesClaim = "clearances";

    /// <summary>The roles that a person may have.</summary>
    public static IReadOnlySet<Role> EveryRole { get; } = Enum.GetValues<Role>().Where(r => r is not (Role.Unspecified or Role.Platform)).ToFrozenSet();

    /// <summary>Whether someone can be called so: 1..<see cref="MaxSubjectLength"/> characters without control characters or outer spaces.</summary>
    public static bool IsSubject(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaxSubjectLength && !text.Any(char.IsControl) && text.Trim() == text;
    }

    /// <summary>A person with these roles, tenants and clearances.</summary>
    public static Person Of(string subject, IEnumerable<Role> roles, IEnumerable<string> tenants, IEnumerable<string>? clearances = null)
        => new(subject, roles.ToFrozenSet(), tenants.ToFrozenSet(StringComparer.Ordinal), (clearances ?? []).ToFrozenSet(StringComparer.Ordinal));

    /// <summary>A person who may do everything in every tenant: for a laptop, never for an installation.</summary>
    public static Person OfEverything(string subject) => Of(subject, EveryRole, [AllTenants], [ChildSafety]);

    /// <summary>The role that a token calls <paramref name="name"/>, else null.</summary>
    public static Role? RoleNamed(string name)
        => EveryRole.Where(r => NameOf(r) == name).Select(r => (Role?)r).FirstOrDefault();

    /// <summary>The name of a role in tokens: <c>reviewer</c>.</summary>
#pragma warning disable CA1308 // the names in tokens are in lower case by contract
    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>What a token says. Names of roles that are not ours are passed over: an identity provider may have others.</summary>
    internal static Person Read(JsonWebToken token) => Of(
        token.Subject,
        Values(token, RolesClaim).Select(RoleNamed).OfType<Role>(),
        Values(token, TenantsClaim),
        Values(token, ClearancesClaim));

    internal IDictionary<string, object> Claims => new Dictionary<string, object>
    {
        [RolesClaim] = Roles.Select(NameOf).Order(StringComparer.Ordinal).ToArray(),
        [TenantsClaim] = Tenants.Order(StringComparer.Ordinal).ToArray(),
        [ClearancesClaim] = Clearances.Order(StringComparer.Ordinal).ToArray(),
    };

    // The reader gives one claim for each element of an array.
    internal static IEnumerable<string> Values(JsonWebToken token, string claim)
        => token.Claims.Where(c => c.Type == claim && c.ValueType == ClaimValueTypes.String).Select(c => c.Value);
}
