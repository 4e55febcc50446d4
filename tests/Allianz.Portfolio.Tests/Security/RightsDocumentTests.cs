using System.Text;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>docs/rights.md is generated from the table of rights. <c>PORTFOLIO_TEST_WRITE_RIGHTS=1</c> writes it again.</summary>
public class RightsDocumentTests
{
    [Test]
    public void The_document_says_what_the_table_says()
    {
        var file = Path.Combine(RepositoryTests.Root, "docs", "rights.md");
        var printed = Print();
        if (Environment.GetEnvironmentVariable("PORTFOLIO_TEST_WRITE_RIGHTS") == "1")
        {
            File.WriteAllText(file, printed);
        }
        Assert.That(
            File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "",
            Is.EqualTo(printed),
            "Write it anew: PORTFOLIO_TEST_WRITE_RIGHTS=1 ./scripts/test"
        );
    }

    private static string Print()
    {
        var text = new StringBuilder(
            """
            # Who may do what

            Generated from the table in `src/Allianz.Portfolio.Api/Security/RightsTable.cs`, which the program itself uses at every call. A test calls every
            endpoint as every role and compares. Do not edit this page: `PORTFOLIO_TEST_WRITE_RIGHTS=1 ./scripts/test` writes it again.

            ## What a role sees

            Everything has a visibility: `public` < `alliance` < `board`. What belongs to a project is never visible to more people than the project. What somebody
            may not see does not exist for them: not in lists, counts, search, feeds, differences, reports or error messages.


            """
        );
        text.Append("| role | sees up to |\n|---|---|\n");
        foreach (var role in Enum.GetValues<Role>())
        {
            var sight = RightsTable.SightOf(role);
            var also = role switch
            {
                Role.PartnerEditor => ", and what its own partner asks of the board",
                Role.Administrator => ": `board`, and the installation (API keys, accounts)",
                _ => "",
            };
            text.Append($"| {Roles.Code(role)} | `{Codes.Of(sight)}`{also} |\n");
        }
        text.Append(
            """

            - **Taking part allows writing, not seeing more.** All partners see what the alliance sees; a partner's editors can write where their partner takes part *today*.
            - **Decision requests** are visible to the board and the partner that asks, unless they are marked for the alliance or the public.
            - **The past** is shown under the rights of today. What was public once and is for the board now is hidden at every past moment, too. What was for the
              board then does not become visible by being public now. Only reports stay as they were issued.
            - **The change feed** shows something that becomes hidden as deleted, and something that becomes visible as created. Its older lines (keys and names of
              fields, no contents) stay.

            ## What a role may do

            People may do something only to what they can see. *all*: everywhere. *no*: never. Where fields are named, only these. The coordination and
            administrators have the same rights, except for the installation. Readers and the board change nothing.


            """
        );
        text.Append(
            "| what | anonymous, reader, board | partner editors | coordination | administrators | scope of a key |\n|---|---|---|---|---|---|\n"
        );
        foreach (var row in RightsTable.Rows)
        {
            var others = new[] { Role.Anonymous, Role.Reader, Role.Board }.Select(r => RightsText.Cell(row.Of(r))).Distinct().ToList();
            Assert.That(others, Has.Count.LessThanOrEqualTo(2), "The three columns are one as long as they say nearly the same.");
            var readers = others is [var anonymous, var known] ? $"anonymous {anonymous}; reader, board {known}" : others[0];
            text.Append(
                $"| **{row.Right.Act.ToString().ToLowerInvariant()}** {RightsText.Name(row.Right.Resource)} | {readers} | {RightsText.Cell(row.Of(Role.PartnerEditor))} "
                    + $"| {RightsText.Cell(row.Of(Role.Coordination))} | {RightsText.Cell(row.Of(Role.Administrator))} | {string.Join(", ", RightsText.Scopes(row).Select(s => $"`{s}`"))} |\n"
            );
        }
        text.Append("\n## Why\n\n");
        foreach (var row in RightsTable.Rows.Where(r => r.Why is not null))
        {
            text.Append($"- **{row.Right.Act.ToString().ToLowerInvariant()} {RightsText.Name(row.Right.Resource)}**: {row.Why}\n");
        }
        text.Append(
            """

            ## Scopes of API keys

            A key may do everything that its role may do, or only what the scopes allow with which it was created; never more than its role. Reading what is public
            needs no scope.


            """
        );
        text.Append("| role | possible scopes |\n|---|---|\n");
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.Anonymous))
        {
            text.Append(
                $"| {Roles.Code(role)} | {string.Join(", ", RightsTable.ScopesOf(role).Select(s => $"`{ScopeList.Code(s)}`"))} |\n"
            );
        }
        text.Append(
            """

            A key sees only what is public unless it has `read-alliance` or `read-board`, and can write only to what it sees: reporting on projects of the alliance
            needs `read-alliance` and `report`. A key of the coordination with only `report` can report for anybody, but set no field that an editor could not set.

            """
        );
        return text.ToString().ReplaceLineEndings("\n");
    }
}
