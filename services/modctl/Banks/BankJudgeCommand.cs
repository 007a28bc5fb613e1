using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank judge</c>: says whether an entry was right to match a medium.</summary>
internal static class BankJudgeCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bank, entry) = (BankCommand.Bank(), BankCommand.Entry());
        var media = new Argument<string>("MEDIA") { Description = "The medium that it matched: m_ and 64 hexadecimal digits" };
        var right = new Option<bool>("--right") { Description = "The medium is what the entry stands for" };
        var wrong = new Option<bool>("--wrong") { Description = "The medium is something else" };
        var command = new Command("judge", "Says whether an entry was right to match a medium; a later word replaces yours.") { bank, entry, media, right, wrong };
        command.Validators.Add(result =>
        {
            if (result.GetValue(right) == result.GetValue(wrong))
            {
                result.AddError("Give either --right or --wrong.");
            }
        });
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await new BankService.BankServiceClient(connection.Invoker).GiveMatchOpinionAsync(
                new GiveMatchOpinionRequest
                {
                    BankId = parsed.GetRequiredValue(bank),
                    EntryId = parsed.GetRequiredValue(entry),
                    MediaId = parsed.GetRequiredValue(media),
                    Opinion = parsed.GetValue(right) ? MatchOpinion.TruePositive : MatchOpinion.FalsePositive,
                },
                deadline: ServiceConnection.Deadline,
                cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"{answer.Opinions.TruePositives} say right, {answer.Opinions.FalsePositives} say wrong.");
            return 0;
        });
        return command;
    }
}
