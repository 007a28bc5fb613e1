using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank</c>: entries of hash banks.</summary>
internal static class BankCommand
{
    public static Command Create(Terminal terminal) => new("bank", "Adds, removes and lists entries of hash banks.")
    {
        BankAddCommand.Create(terminal),
        BankRemoveCommand.Create(terminal),
        BankListCommand.Create(terminal),
    };

    public static Argument<string> Bank() => new("BANK") { Description = "The bank: 1..64 characters of a-z 0-9 and -" };

    public static Argument<string> Entry() => new("ENTRY") { Description = "The entry: 1..128 characters of A-Z a-z 0-9 . _ : -" };
}
