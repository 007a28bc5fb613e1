using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank add</c></summary>
internal static class BankAddCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bank, entry) = (BankCommand.Bank(), BankCommand.Entry());
        var category = CategoryOption.One("The harm it stands for");
        (Option<string> Option, HashKind Kind)[] hashes =
        [
            (Hash("--pdq", 64, "PDQ"), HashKind.Pdq), (Hash("--sha256", 64, "SHA-256"), HashKind.Sha256), (Hash("--md5", 32, "MD5"), HashKind.Md5),
            (Hash("--sha1", 40, "SHA-1"), HashKind.Sha1), (Frames(), HashKind.Vpdq),
        ];
        var source = new Option<string>("--source") { HelpName = "TEXT", Description = "Where it comes from, at most 200 characters", DefaultValueFactory = _ => "" };
        var note = new Option<string>("--note") { HelpName = "TEXT", Description = "A note for people, at most 1,000 characters", DefaultValueFactory = _ => "" };
        var command = new Command("add", "Adds an entry to a bank; the same entry twice is one.")
        {
            bank, entry, category, source, note,
        };
        foreach (var (option, _) in hashes)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (hashes.Count(h => result.GetResult(h.Option) is { Implicit: false }) != 1)
            {
                result.AddError("Give exactly one of --pdq, --sha256, --sha1, --md5 and --vpdq.");
            }
        });
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var (option, kind) = hashes.Single(h => parsed.GetValue(h.Option) is not null);
            var answer = await new MediaHashService.MediaHashServiceClient(connection.Invoker).AddBankEntryAsync(
                new AddBankEntryRequest
                {
                    Entry = new BankEntry
                    {
                        BankId = parsed.GetRequiredValue(bank),
                        EntryId = parsed.GetRequiredValue(entry),
                        Category = parsed.GetRequiredValue(category),
                        Kind = kind,
                        Value = parsed.GetRequiredValue(option).ToLowerInvariant(),
                        Source = parsed.GetRequiredValue(source),
                        Note = parsed.GetRequiredValue(note),
                    },
                },
                deadline: ServiceConnection.Deadline,
                cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }

    private static Option<string> Frames()
    {
        var option = new Option<string>("--vpdq") { Description = "PDQ hashes of a video's frames, commas between", HelpName = "HEX,..." };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { } value || value.Split(',').Any(frame => frame.Length != 64 || !frame.All(char.IsAsciiHexDigit)))
            {
                result.AddError("--vpdq must be hashes of 64 hexadecimal digits with commas between.");
            }
        });
        return option;
    }

    private static Option<string> Hash(string name, int digits, string kind)
    {
        var option = new Option<string>(name) { Description = $"The {kind} of the content, {digits} hexadecimal digits", HelpName = "HEX" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { } value || value.Length != digits || !value.All(char.IsAsciiHexDigit))
            {
                result.AddError($"{name} must be {digits} hexadecimal digits.");
            }
        });
        return option;
    }
}
