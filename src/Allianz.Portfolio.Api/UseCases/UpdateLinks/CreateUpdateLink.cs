using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.UpdateLinks;

/// <summary>A new update link.</summary>
public sealed record NewUpdateLink
{
    /// <summary>Key of the project to be reported on.</summary>
    [PortfolioKey]
    public required string Project { get; init; }

    /// <summary>Key of the reporting cycle.</summary>
    [PortfolioKey]
    public required string Cycle { get; init; }

    /// <summary>Key of the partner that is to report; it takes part in the project today.</summary>
    [PortfolioKey]
    public required string Partner { get; init; }

    /// <summary>The mail address that it goes to. When there is none, the answer shows the link, this once.</summary>
    [MailAddress]
    public string? To { get; init; }

    /// <summary>When it stops working; at the end of the cycle's last day when not given, also when that is put off, and never later.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    internal static NewUpdateLink Example =>
        new()
        {
            Project = "parken-in-hoerde",
            Cycle = "2026-q3",
            Partner = "ihk",
            To = "redaktion@example.org",
        };
}

internal static class CreateUpdateLink
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/update-links",
                (WriteRequest write, IMediator mediator, Outbox outbox, CancellationToken ct) =>
                {
                    Created? created = null;
                    return write.CreateAsync(
                        async () =>
                        {
                            created = await mediator.Send(new Command(write.Caller, write.Body<NewUpdateLink>()), ct);
                            outbox.SendSoon();
                            return new Written(created.Key, created.Revision);
                        },
                        async (_, key) =>
                            await mediator.Send(new GetUpdateLink.Query(key), ct) is { } link
                                ? link with
                                {
                                    Address = created?.Address,
                                }
                                : null
                    );
                }
            )
            .Creates<NewUpdateLink, UpdateLink>("Ask a partner without an account for one status update, by a link that works once")
            .For(Right.Create(Resource.UpdateLink));

    private static readonly Statement _takesPart = new(from =>
        $"""
            SELECT t.FromOn, t.UntilOn, t.Partner, t.Role, t.[Key], t.ProjectId
            FROM {from.Projects("p")} JOIN {from.Parts("Participation", "t", of: "p")} WHERE p.Id = @project AND t.Partner = @partner
            """
    );

    /// <summary>What was made.</summary>
    /// <param name="Key">Key of the link.</param>
    /// <param name="Revision">The revision that made it.</param>
    /// <param name="Address">The link itself, when it was not sent.</param>
    public sealed record Created(string Key, long Revision, string? Address);

    public sealed record Command(Caller Caller, NewUpdateLink Link) : ICommand<Created>;

    public sealed class Handler(PortfolioLedger ledger, Outbox outbox, AuditLog audit, PublicAddress address)
        : IRequestHandler<Command, Created>
    {
        public async Task<Created> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, input) = request;
            input.Validate();
            string? link = null;
            var written = await ledger.WriteAsync(
                caller,
                "createUpdateLink",
                state => DecideAsync(state, input, cancellationToken),
                async (revision, plan) =>
                {
                    var (project, cycle, partner, expires) = plan;
                    var (key, secret) = await NewUpdateLinkRow.InsertAsync(
                        revision,
                        (project.Key, cycle.Key, partner.Key),
                        input.To,
                        expires,
                        cancellationToken
                    );
                    link = address.Of("update/" + secret);
                    if (input.To is { } to)
                    {
                        var letter = Letter(project.Title, cycle.Name, partner.Name, link, expires).To(to);
                        await outbox.PutAsync(revision.Session, letter, cancellationToken);
                        await audit.WriteAsync(
                            revision.Session,
                            AuditEvent.LinkSent,
                            null,
                            caller.Name,
                            "link:" + key,
                            null,
                            cancellationToken
                        );
                    }
                    return key;
                },
                cancellationToken
            );
            return new Created(written.Key, written.Revision, input.To is null ? link : null);
        }

        private static async Task<(Project Project, ReportingCycle Cycle, Partner Partner, DateTimeOffset Expires)> DecideAsync(
            LedgerState state,
            NewUpdateLink input,
            CancellationToken ct
        )
        {
            // What the partner may not see, it is not asked about.
            var project = await state.FindAsync<Project>(input.Project, ct);
            Checks.RequireValid(UpdateLinkRules.Reportable(input.Project, project));
            var cycle =
                await state.FindAsync<ReportingCycle>(input.Cycle, ct)
                ?? throw Problem.Invalid("/cycle", $"There is no reporting cycle '{input.Cycle}'.");
            var partner =
                await state.FindAsync<Partner>(input.Partner, ct)
                ?? throw Problem.Invalid("/partner", $"There is no partner '{input.Partner}'.");
            var expires = (input.ExpiresAt ?? Berlin.EndOf(cycle.ClosesOn)).WholeMilliseconds();
            var parts = await state.Session.QueryAsync<Participation>(
                _takesPart,
                View.All(state.Today),
                new { project = project!.Id, partner = partner.Key },
                ct
            );
            Checks.RequireValid(UpdateLinkRules.Check(cycle, partner.Key, parts, expires, state.At));
            return (project, cycle, partner, expires);
        }

        private static LetterParts Letter(string project, string cycle, string partner, string link, DateTimeOffset expires) =>
            new()
            {
                Subject = $"Statusmeldung zum Projekt „{LetterParts.Line(project, 120)}“",
                Paragraphs =
                [
                    $"die Koordination der Allianz Smart City Dortmund bittet um die Statusmeldung zum Projekt „{project}“ ({cycle}). Sie melden für: {partner}.",
                    "Was Sie zuletzt gemeldet haben, ist schon eingetragen. Ändern Sie, was nicht mehr stimmt. Hat sich nichts geändert, genügt ein Klick.",
                ],
                Action = new LetterAction("Statusmeldung öffnen", link),
                Remarks =
                [
                    $"Der Link gilt bis zum {GermanText.Instant(expires)} und für eine einzige Meldung; ein Konto brauchen Sie nicht. Wer den Link hat, kann melden: Geben Sie ihn nur an die Person weiter, die das tun soll.",
                    "Wenn Sie mit dieser Nachricht nichts anfangen können, wenden Sie sich bitte an die Koordination.",
                ],
            };
    }
}
