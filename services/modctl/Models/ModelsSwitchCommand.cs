using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Models;

/// <summary><c>modctl models promote</c>, <c>shadow</c> and <c>off</c>.</summary>
internal static class ModelsSwitchCommand
{
    public static Command Create(Terminal terminal, string name, string description, TextModelState state)
    {
        var model = ModelsCommand.Model();
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Description = "Why, for those who read the history", Required = true };
        var etag = new Option<string>("--etag") { HelpName = "ETAG", Description = "Only if nothing was switched since this etag", DefaultValueFactory = _ => "" };
        var command = new Command(name, description) { model, reason, etag };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new SetTextModelStateRequest
            {
                ModelId = parsed.GetRequiredValue(model),
                State = state,
                Reason = parsed.GetRequiredValue(reason),
                Etag = parsed.GetRequiredValue(etag),
            };

            // A large model takes a while to load, and is loaded before anything changes.
            var answer = await ModelsCommand.Client(connection).SetTextModelStateAsync(
                request, deadline: terminal.Time.GetUtcNow().UtcDateTime.AddMinutes(2), cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"{answer.Model.ModelId} ({answer.Model.Version}) is {(answer.Changed ? "" : "already ")}{ProtoNames.Of(answer.Model.State)}; etag {answer.Etag}.");
            return 0;
        });
        return command;
    }
}
