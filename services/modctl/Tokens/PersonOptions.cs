using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ModCtl.Tokens;

/// <summary>What a person's token gives: <c>--role</c>, <c>--tenant</c>, <c>--clearance</c>, each as often as needed.</summary>
internal sealed class PersonOptions
{
    private const int MaxTenantLength = 64;

    private readonly Option<string[]> _roles = new("--role")
    {
        Description = $"What the person may do: {string.Join(", ", RoleNames)}; lead includes reviewer, admin includes no other",
        HelpName = "ROLE",
        Required = true,
    };

    private readonly Option<string[]> _tenants = new("--tenant")
    {
        Description = $"A tenant that the person has a part in; {Person.AllTenants} for all of them",
        HelpName = "TENANT",
        Required = true,
    };

    private readonly Option<string[]> _clearances = new("--clearance")
    {
        Description = $"What the person may see beyond the roles: {Person.ChildSafety}",
        HelpName = "NAME",
    };

    public PersonOptions()
    {
        Require(_roles, name => Person.RoleNamed(name) is not null, $"must be one of {string.Join(", ", RoleNames)}.");
        Require(_tenants, IsTenant, $"must be 1..{MaxTenantLength} characters of a-z 0-9 and -, or {Person.AllTenants} for all of them.");
        Require(_clearances, name => name == Person.ChildSafety, $"must be {Person.ChildSafety}.");
    }

    private static IEnumerable<string> RoleNames => Person.EveryRole.Order().Select(Person.NameOf);

    public void AddTo(Command command)
    {
        command.Options.Add(_roles);
        command.Options.Add(_tenants);
        command.Options.Add(_clearances);
    }

    public Person Read(ParseResult parsed, string subject) => Person.Of(
        subject, parsed.GetRequiredValue(_roles).Select(Person.RoleNamed).OfType<Role>(), parsed.GetRequiredValue(_tenants), parsed.GetValue(_clearances));

    private static void Require(Option<string[]> option, Func<string, bool> isRight, string expected) => option.Validators.Add(result =>
    {
        if (!(result.GetValueOrDefault<string[]>() ?? []).All(isRight))
        {
            result.AddError($"{option.Name} {expected}");
        }
    });

    private static bool IsTenant(string name) => name == Person.AllTenants
        || (name.Length is > 0 and <= MaxTenantLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
}
