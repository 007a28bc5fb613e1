using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank</c>: entries of hash banks.</summary>
internal static class BankCommand
{
    public static Command Create(Terminal terminal) => new("bank", "Looks after entries of hash banks.")
    {
        BankAddCommand.Create(terminal),
        BankRemoveCommand.Create(terminal),
        BankListCommand.Create(terminal),
        BankShowCommand.Create(terminal),
        BankSetCommand.Create(terminal),
        BankHistoryCommand.Create(terminal),
        BankJudgeCommand.Create(terminal),
        BankStatusCommand.Create(terminal),
        BankImportCommand.Create(terminal),
        BankExportCommand.Create(terminal),
        BankHashCommand.Create(terminal),
        BankMatchCommand.Create(terminal),
        LookbackCommand.Create(terminal),
    };

    public static Argument<string> Bank() => new("BANK") { Description = "The bank: 1..64 characters of a-z 0-9 and -" };

    /// <summary>An option that takes a value of an enum of the contract by its name.</summary>
    public static Option<T?> OneOf<T>(string name, string description, params T[] except)
        where T : struct, Enum
    {
        var names = string.Join(", ", Enum.GetValues<T>().Except([default, .. except]).Select(ProtoNames.Of));
        return new Option<T?>(name)
        {
            Description = $"{description}: {names}",
            HelpName = name.TrimStart('-').ToUpperInvariant(),
            CustomParser = result =>
            {
                if (result.Tokens is [{ Value: var text }] && ProtoNames.Find<T>(text) is { } found && !except.Contains(found))
                {
                    return found;
                }

                result.AddError($"{name} must be one of {names}.");
                return null;
            },
        };
    }

    public static Argument<string> Entry() => new("ENTRY") { Description = "The entry: 1..128 characters of A-Z a-z 0-9 . _ : -" };
}
