namespace Baltoro.Engine.Schedule;

/// <summary>
/// Sequences that wait, in order of arrival within a tenant and in fair order between tenants: the tenant that was served
/// least comes first (virtual token counters, Sheng et al. 2024, "Fairness in Serving Large Language Models"). A tenant
/// that comes back from idleness starts at the level of the least served active one, so it cannot save up claims.
/// Used by the engine's owner thread only.
/// </summary>
internal sealed class WaitingQueue
{
    private readonly Dictionary<string, Tenant> _tenants = [];
    private readonly List<Tenant> _scan = [];

    public int Count { get; private set; }

    public IEnumerable<Sequence> All => _tenants.Values.SelectMany(tenant => tenant.Waiting);

    /// <summary>A new sequence joins at the end of its tenant's line.</summary>
    public void Enqueue(Sequence sequence)
    {
        TenantOf(sequence).Waiting.AddLast(sequence);
        Count++;
    }

    /// <summary>A preempted sequence goes back to the front of its tenant's line.</summary>
    public void PutBack(Sequence sequence)
    {
        Tenant tenant = TenantOf(sequence);
        tenant.Running--;
        tenant.Waiting.AddFirst(sequence);
        Count++;
    }

    /// <summary>A waiting sequence starts to run.</summary>
    public void Start(Sequence sequence)
    {
        Tenant tenant = TenantOf(sequence);
        tenant.Waiting.Remove(sequence);
        tenant.Running++;
        Count--;
    }

    /// <summary>A waiting sequence is over before it started.</summary>
    public void Remove(Sequence sequence)
    {
        Tenant tenant = TenantOf(sequence);
        Count -= tenant.Waiting.Remove(sequence) ? 1 : 0;
        Forget(sequence.Request.TenantId, tenant);
    }

    /// <summary>A running sequence is over.</summary>
    public void End(Sequence sequence)
    {
        Tenant tenant = TenantOf(sequence);
        tenant.Running--;
        Forget(sequence.Request.TenantId, tenant);
    }

    /// <summary>Notes that <paramref name="rows"/> rows were computed for the sequence's tenant.</summary>
    public void Charge(Sequence sequence, int rows) => TenantOf(sequence).Served += rows;

    /// <summary>Takes every sequence out that <paramref name="isOver"/> names.</summary>
    public void Remove(Func<Sequence, bool> isOver, List<Sequence> ended)
    {
        int before = ended.Count;
        foreach (Tenant tenant in _tenants.Values)
        {
            for (LinkedListNode<Sequence>? node = tenant.Waiting.First; node is not null;)
            {
                LinkedListNode<Sequence>? next = node.Next;
                if (isOver(node.Value))
                {
                    ended.Add(node.Value);
                    tenant.Waiting.Remove(node);
                    Count--;
                }

                node = next;
            }
        }

        for (int i = before; i < ended.Count; i++)
        {
            string id = ended[i].Request.TenantId;
            if (_tenants.TryGetValue(id, out Tenant? tenant))
            {
                Forget(id, tenant);
            }
        }
    }

    /// <summary>The next sequences to consider, at most <paramref name="limit"/>, fairest first.</summary>
    public void FillCandidates(List<Sequence> candidates, int limit)
    {
        candidates.Clear();
        _scan.Clear();
        foreach (Tenant tenant in _tenants.Values)
        {
            if (tenant.Waiting.First is { } first)
            {
                tenant.ScanNode = first;
                tenant.ScanServed = tenant.Served;
                _scan.Add(tenant);
            }
        }

        while (candidates.Count < limit && _scan.Count > 0)
        {
            Tenant least = LeastServed();
            Sequence sequence = least.ScanNode!.Value;
            candidates.Add(sequence);
            least.ScanServed += sequence.PromptLength;
            least.ScanNode = least.ScanNode.Next;
            if (least.ScanNode is null)
            {
                _scan.Remove(least);
            }
        }
    }

    private Tenant LeastServed()
    {
        Tenant least = _scan[0];
        foreach (Tenant tenant in _scan)
        {
            if (tenant.ScanServed < least.ScanServed)
            {
                least = tenant;
            }
        }

        return least;
    }

    private Tenant TenantOf(Sequence sequence)
    {
        string id = sequence.Request.TenantId;
        if (!_tenants.TryGetValue(id, out Tenant? tenant))
        {
            long level = long.MaxValue;
            foreach (Tenant other in _tenants.Values)
            {
                level = Math.Min(level, other.Served);
            }

            tenant = new Tenant { Served = level == long.MaxValue ? 0 : level };
            _tenants.Add(id, tenant);
        }

        return tenant;
    }

    private void Forget(string id, Tenant tenant)
    {
        if (tenant.Running == 0 && tenant.Waiting.Count == 0)
        {
            _tenants.Remove(id);
        }
    }

    private sealed class Tenant
    {
        public LinkedList<Sequence> Waiting { get; } = new();

        public int Running { get; set; }

        /// <summary>Rows computed while the tenant was active.</summary>
        public long Served { get; set; }

        public LinkedListNode<Sequence>? ScanNode { get; set; }

        public long ScanServed { get; set; }
    }
}
