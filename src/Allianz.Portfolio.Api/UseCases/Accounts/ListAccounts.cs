using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using AutoMapper;
using Dapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class ListAccounts
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/accounts",
                async (ReadRequest read, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                {
                    var query = new Query(read.Limit + 1)
                    {
                        Role = RoleOf(read.Text("role")),
                        Partner = read.Text("partner"),
                        Active = read.Flag("active"),
                        Terms = read.Text("q"),
                        After = read.After(),
                    };
                    var page = read.Page(await mediator.Send(query, ct), r => (r.NameSort, r.Id.ToString()));
                    return new Page<UserAccount>(mapper.Map<List<UserAccount>>(page.Data), page.Next);
                }
            )
            .ListsNow<UserAccount>("Accounts by name, page by page", "q", "role", "partner", "active")
            .For(Right.Read(Resource.Account));

    private static Role? RoleOf(string? code) =>
        code is null
            ? null
            : Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(r => Roles.Code(r!.Value) == code)
                ?? throw Problem.Query("role", $"'role' must be one of {string.Join(", ", Enum.GetValues<Role>().Select(Roles.Code))}.");

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT a.Id, a.[Key], a.Name, a.NameSort, a.Email, a.Role, a.Partner, a.Active, a.Language, a.Demo, a.TwoFactorEnabled,
                a.CreatedAt, a.LastSignInAt, a.Revision,
                CASE WHEN a.PasswordHash IS NOT NULL OR a.Demo = 1 OR EXISTS (SELECT l.Subject FROM AccountLogin l WHERE l.AccountId = a.Id)
                    THEN 1 ELSE 0 END AS Ready
            FROM Account a
            WHERE a.NameSort >= @after AND (a.NameSort > @after OR a.Id > @afterId)
                AND (@key IS NULL OR a.[Key] = @key)
                AND (@role IS NULL OR a.Role = @role)
                AND (@partner IS NULL OR a.Partner = @partner)
                AND (@active IS NULL OR a.Active = @active)
                {SearchTerms.In("a.NameSort", "a.EmailNormal")}
            ORDER BY a.NameSort, a.Id {from.Take}
            """
    );

    /// <param name="Take">Most of them.</param>
    public sealed record Query(int Take) : IRequest<IReadOnlyList<Row>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
        public Role? Role { get; init; }
        public string? Partner { get; init; }
        public bool? Active { get; init; }
        public string? Terms { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<Row>>
    {
        public async Task<IReadOnlyList<Row>> Handle(Query request, CancellationToken cancellationToken)
        {
            var parameters = new DynamicParameters(
                new
                {
                    take = request.Take,
                    after = request.After?.Sort ?? "",
                    afterId = request.After?.AtId() ?? Guid.Empty,
                    key = request.Key?.ToLowerInvariant(),
                    role = request.Role?.ToString(),
                    partner = request.Partner,
                    active = request.Active,
                }
            ).WithSearchTerms(request.Terms);
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<Row>(_sql, null, parameters, cancellationToken);
        }
    }

    public sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Key { get; init; }
        public required string Name { get; init; }
        public required string NameSort { get; init; }
        public required string Email { get; init; }
        public required Role Role { get; init; }
        public string? Partner { get; init; }
        public required bool Active { get; init; }
        public required string Language { get; init; }
        public required bool Demo { get; init; }
        public required bool TwoFactorEnabled { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? LastSignInAt { get; init; }
        public required long Revision { get; init; }
        public required bool Ready { get; init; }
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Row, UserAccount>()
                .ForMember(a => a.SecondFactor, o => o.MapFrom(r => r.TwoFactorEnabled))
                .ForMember(a => a.Email, o => o.MapFrom(r => r.Email.Length == 0 ? null : r.Email));
    }
}
