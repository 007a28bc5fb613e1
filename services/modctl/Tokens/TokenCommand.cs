using System.CommandLine;
using Microsoft.Extensions.Options;
using Moderation.ModCtl.Shell;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ModCtl.Tokens;

/// <summary><c>modctl token</c>: tokens of people, made offline from the installation's secret.</summary>
internal static class TokenCommand
{
    private static readonly TimeSpan StandardLifetime = TimeSpan.FromHours(12);

    public static Command Create(Terminal terminal)
    {
        var person = new Argument<string>("PERSON") { Description = "Who acts with the token; it stands in the records as written" };
        person.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { } name || !Person.IsSubject(name))
            {
                result.AddError($"PERSON must be 1..{Person.MaxSubjectLength} characters without control characters or outer spaces, such as ann@example.org.");
            }
        });
        var keyFile = new Option<FileInfo>("--key-file") { Description = "The secret that enforcement reads as People:KeyFile", Required = true, HelpName = "FILE" };
        var lifetime = new Option<TimeSpan?>("--lifetime")
        {
            Description = "How long the token lives: 1m to 30d (12h)",
            HelpName = "TIME",
            CustomParser = Durations.Between(TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
        };
        var grants = new PersonOptions();
        var issue = new Command("issue", "Makes a token for a person, offline.") { person, keyFile, lifetime };
        grants.AddTo(issue);
        issue.Does(terminal, (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(keyFile).FullName;
            PeopleTokens tokens;
            try
            {
                tokens = new PeopleTokens(Options.Create(new PeopleOptions { KeyFile = path }), terminal.Time);
            }
            catch (InvalidOperationException wrong)
            {
                throw new UsageException(wrong.Message.Replace("People:KeyFile", "--key-file", StringComparison.Ordinal));
            }

            terminal.Out.WriteLine(tokens.Issue(grants.Read(parsed, parsed.GetRequiredValue(person)), parsed.GetValue(lifetime) ?? StandardLifetime));
            return Task.FromResult(0);
        });
        return new Command("token", "Makes tokens of people.") { issue };
    }
}
