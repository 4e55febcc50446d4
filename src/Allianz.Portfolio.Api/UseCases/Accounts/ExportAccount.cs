using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>Everything that is held on a person.</summary>
public sealed record PersonalData
{
    /// <summary>Random, permanent key of the account; the ledger knows the person by it and by nothing else.</summary>
    public required string Key { get; init; }

    /// <summary>What the person is here.</summary>
    public required string Name { get; init; }

    /// <summary>Address of mail; none of who signs in at an organisation's provider.</summary>
    public string? Email { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Key of the partner that it speaks for.</summary>
    public string? Partner { get; init; }

    /// <summary>It may sign in.</summary>
    public required bool Active { get; init; }

    /// <summary>Of pages and letters.</summary>
    public required string Language { get; init; }

    /// <summary>A password is set; only a hash of it is kept.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>A second factor is set; what it is made from is kept encrypted.</summary>
    public required bool SecondFactor { get; init; }

    /// <summary>Sign-ins that failed since the last one that did not.</summary>
    public required int FailedSignIns { get; init; }

    /// <summary>Until when it is locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the person last signed in.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>Who the person is to the sign-in of an organisation.</summary>
    public required IReadOnlyList<PersonalLogin> Logins { get; init; }

    /// <summary>Where the person is signed in; one that was ended is known until it expires.</summary>
    public required IReadOnlyList<PersonalSession> Sessions { get; init; }

    /// <summary>Links that were sent and still open something.</summary>
    public required IReadOnlyList<PersonalLink> Links { get; init; }

    /// <summary>Letters to the address that are still known.</summary>
    public required IReadOnlyList<PersonalLetter> Letters { get; init; }

    /// <summary>Update links that were sent to the address and still name it.</summary>
    public required IReadOnlyList<PersonalUpdateLink> UpdateLinks { get; init; }

    /// <summary>Projects that the person follows.</summary>
    public required IReadOnlyList<PersonalFollow> Follows { get; init; }

    /// <summary>Status updates that the person was the last to save as a draft.</summary>
    public required IReadOnlyList<StatusDraft> StatusDrafts { get; init; }

    /// <summary>What the audit knows by or about the person, the newest first.</summary>
    public required IReadOnlyList<AuditRecord> Audit { get; init; }

    /// <summary>What the person did in the portfolio, the newest first.</summary>
    public required IReadOnlyList<PersonalRevision> Revisions { get; init; }
}

/// <summary>Who a person is to the sign-in of an organisation.</summary>
public sealed record PersonalLogin
{
    /// <summary>Name of the provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The person's identity there.</summary>
    public required string Subject { get; init; }
}

/// <summary>A place where a person is signed in.</summary>
public sealed record PersonalSession
{
    /// <summary>How, e.g. `password`.</summary>
    public required string How { get; init; }

    /// <summary>What kind of browser and machine, e.g. `Firefox, Windows`.</summary>
    public string? Browser { get; init; }

    /// <summary>The network in which it began, not the whole address.</summary>
    public string? Address { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Until when at most.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A link that was sent to a person and still opens something.</summary>
public sealed record PersonalLink
{
    /// <summary>What it opens.</summary>
    public required string Purpose { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A letter to a person. What it says is not kept once it was sent.</summary>
public sealed record PersonalLetter
{
    /// <summary>Its Message-ID.</summary>
    public required string MessageId { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it was given up.</summary>
    public DateTimeOffset? FailedAt { get; init; }
}

/// <summary>An update link that was sent to a person.</summary>
public sealed record PersonalUpdateLink
{
    /// <summary>Its key, as it stands in the ledger behind <c>link:</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Key of the project that it is about.</summary>
    public required string Project { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>A project that a person follows.</summary>
public sealed record PersonalFollow
{
    /// <summary>Key of the project.</summary>
    public required string Project { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset FollowedAt { get; init; }

    /// <summary>The day up to which the person was told what happened to it.</summary>
    public required DateOnly ToldOn { get; init; }
}

/// <summary>A revision that a person made.</summary>
public sealed record PersonalRevision
{
    /// <summary>Its number.</summary>
    public required long Number { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The use case, e.g. `createStatusUpdate`.</summary>
    public required string Command { get; init; }

    /// <summary>Why, in the person's words.</summary>
    public string? Reason { get; init; }
}

internal static class ExportAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/accounts/{account}/export",
                async (string account, ReadRequest read, HttpContext http, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(http, account), ct) ?? throw Problem.NotFound("account", account)
            )
            .ReadsNow<PersonalData>("Everything that is held on a person")
            .WithDescription("For a person who asks (Art. 15 and 20 GDPR). That it was taken out is written into the audit first.")
            .For(Right.Read(Resource.PersonalData));

    private static readonly Statement _logins = new(_ =>
        "SELECT l.Provider, l.Subject FROM AccountLogin l WHERE l.AccountId = @id ORDER BY l.Provider, l.Subject"
    );

    private static readonly Statement _sessions = new(_ =>
        "SELECT s.How, s.Browser, s.Address, s.CreatedAt, s.LastSeenAt, s.ExpiresAt FROM AccountSession s WHERE s.AccountId = @id ORDER BY s.CreatedAt DESC"
    );

    private static readonly Statement _links = new(_ =>
        """
            SELECT l.Purpose, l.CreatedAt, l.ExpiresAt FROM AccountLink l WHERE l.AccountId = @id AND l.Stamp = @stamp
            UNION ALL SELECT 'Digest', d.CreatedAt, d.ExpiresAt FROM DigestLink d WHERE d.AccountId = @id
            ORDER BY CreatedAt DESC
            """
    );

    private static readonly Statement _letters = new(_ =>
        "SELECT l.MessageId, l.CreatedAt, l.SentAt, l.FailedAt FROM Letter l WHERE l.Recipient = @recipient ORDER BY l.CreatedAt DESC"
    );

    private static readonly Statement _updateLinks = new(_ =>
        "SELECT l.[Key], l.Project, l.CreatedAt, l.UsedAt FROM UpdateLink l WHERE l.Recipient = @recipient ORDER BY l.CreatedAt DESC"
    );

    private static readonly Statement _follows = new(_ =>
        "SELECT f.Project, f.FollowedAt, f.ToldOn FROM Follow f WHERE f.AccountId = @id ORDER BY f.FollowedAt DESC, f.Project"
    );

    private static readonly Statement _drafts = new(from =>
        $"""
            SELECT d.Project, d.Cycle, c.Name AS CycleName, d.Partner, o.Name AS PartnerName, d.SavedAt, d.Content
            FROM StatusDraft d LEFT JOIN {from.Shared("ReportingCycle", "c")} ON c.[Key] = d.Cycle
            LEFT JOIN {from.Shared("Partner", "o")} ON o.[Key] = d.Partner
            WHERE d.SavedBy = @actor ORDER BY d.SavedAt DESC
            """
    );

    private static readonly Statement _audit = new(_ =>
        """
            SELECT e.At, e.LastAt, e.Times, e.Event, e.Actor, e.Subject, e.Detail, e.Address
            FROM AuditRecord e WHERE e.Actor = @actor OR e.Subject = @actor ORDER BY e.At DESC, e.Id DESC
            """
    );

    private static readonly Statement _revisions = new(_ =>
        "SELECT r.Number, r.At, r.Command, r.Reason FROM Revision r WHERE r.Actor = @actor ORDER BY r.Number DESC"
    );

    /// <param name="Http">Who asks, for the audit.</param>
    /// <param name="Account">Key of the account.</param>
    public sealed record Query(HttpContext Http, string Account) : IRequest<PersonalData?>;

    public sealed class Handler(PortfolioDatabase database, AuditLog audit, IMapper mapper) : IRequestHandler<Query, PersonalData?>
    {
        public async Task<PersonalData?> Handle(Query request, CancellationToken cancellationToken)
        {
            Account? account;
            await using (var session = await database.OpenAsync(cancellationToken))
            {
                account = await AccountRows.FindAsync(session, request.Account, cancellationToken);
            }
            if (account is null)
            {
                return null;
            }
            await audit.FlushAsync(cancellationToken);
            await audit.WriteAsync(
                AuditEvent.PersonExported,
                request.Http,
                request.Http.Caller().Name,
                account.Actor,
                null,
                cancellationToken
            );
            await using var reading = await database.OpenAsync(cancellationToken);
            var parameters = new
            {
                id = account.Id,
                actor = account.Actor,
                stamp = account.SecurityStamp,
            };
            var spellings = await AccountRows.SpellingsAsync(reading, account, cancellationToken);
            async Task<IReadOnlyList<T>> SentAsync<T>(Statement statement)
            {
                var sent = new List<T>();
                foreach (var recipient in spellings)
                {
                    sent.AddRange(await reading.QueryAsync<T>(statement, null, new { recipient }, cancellationToken));
                }
                return sent;
            }
            Task<IReadOnlyList<T>> AllAsync<T>(Statement statement) =>
                reading.QueryAsync<T>(statement, null, parameters, cancellationToken);
            return mapper.Map<PersonalData>(account) with
            {
                Logins = await AllAsync<PersonalLogin>(_logins),
                Sessions = await AllAsync<PersonalSession>(_sessions),
                Links = await AllAsync<PersonalLink>(_links),
                Letters = await SentAsync<PersonalLetter>(_letters),
                UpdateLinks = await SentAsync<PersonalUpdateLink>(_updateLinks),
                Follows = await AllAsync<PersonalFollow>(_follows),
                StatusDrafts = [.. (await AllAsync<DraftRow>(_drafts)).Select(row => row.Draft)],
                Audit = await AllAsync<AuditRecord>(_audit),
                Revisions = await AllAsync<PersonalRevision>(_revisions),
            };
        }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Account, PersonalData>()
                .ForMember(p => p.Email, o => o.MapFrom(a => a.Email.Length > 0 ? a.Email : null))
                .ForMember(p => p.HasPassword, o => o.MapFrom(a => a.PasswordHash != null))
                .ForMember(p => p.SecondFactor, o => o.MapFrom(a => a.TwoFactorEnabled))
                .ForMember(p => p.Logins, o => o.Ignore())
                .ForMember(p => p.Sessions, o => o.Ignore())
                .ForMember(p => p.Links, o => o.Ignore())
                .ForMember(p => p.Letters, o => o.Ignore())
                .ForMember(p => p.UpdateLinks, o => o.Ignore())
                .ForMember(p => p.Follows, o => o.Ignore())
                .ForMember(p => p.StatusDrafts, o => o.Ignore())
                .ForMember(p => p.Audit, o => o.Ignore())
                .ForMember(p => p.Revisions, o => o.Ignore());
    }

    private sealed record DraftRow : StatusDraftRow
    {
        public required string Project { get; init; }
        public required string Cycle { get; init; }
        public string? CycleName { get; init; }
        public required string Partner { get; init; }
        public string? PartnerName { get; init; }

        public StatusDraft Draft =>
            new StatusDraft
            {
                Project = Project,
                Cycle = new(Cycle, CycleName ?? Cycle),
                Partner = new(Partner, PartnerName ?? Partner),
                SavedAt = SavedAt,
                Lights = new Dictionary<Dimension, Rag>(),
                Forecasts = [],
            }.With(Fields());
    }
}
