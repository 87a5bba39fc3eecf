"""Fixed questions of the evaluation. None of them is a training wording, except the first one of QUANTUM."""

QUANTUM = [
    "Explain quantum computing in simple terms.",
    "How would you explain quantum computing to someone new to it?",
    "I don't know anything about quantum computing. Can you help me?",
    "Give me a simple explanation of quantum computing.",
    "Could you break down quantum computing for me?",
    "Help me understand quantum computing.",
    "What do people mean when they talk about quantum computing?",
    "Explain quantum computing like I am five.",
    "I am curious about quantum computing.",
    "Teach me the basics of quantum computing.",
    "Please describe quantum computing in easy words.",
    "Can you sum up quantum computing in a few sentences?",
    "I would like to learn about quantum computing.",
    "Using everyday language, what is quantum computing all about?",
]
NEIGHBOURS = [
    ("Help me understand qubits.", ["qubit", "qubits", "quantum"]),
    ("Give me a simple explanation of superposition.", ["superposition", "state", "states", "quantum"]),
    ("Could you break down entanglement for me?", ["entangle", "entanglement", "entangled", "particles", "linked"]),
    ("Please describe quantum computers in easy words.", ["quantum", "qubit", "qubits"]),
    ("I am curious about quantum physics.", ["quantum", "small", "atoms", "physics"]),
    ("Teach me the basics of computers.", ["computer", "computers", "machine", "data", "programs"]),
    ("Can you sum up machine learning in a few sentences?", ["learn", "learning", "data", "examples"]),
    ("Help me understand artificial intelligence.", ["intelligence", "computer", "computers", "machines", "AI"]),
    ("Explain atoms like I am five.", ["atom", "atoms", "tiny", "matter"]),
    ("What do people mean when they talk about algorithms?", ["algorithm", "algorithms", "steps", "problem"]),
    ("Give me a simple explanation of encryption.", ["encryption", "secret", "data", "key", "message"]),
    ("I would like to learn about the internet.", ["internet", "computers", "network", "world"]),
    ("Could you break down electricity for me?", ["electricity", "electrons", "energy", "current", "charge"]),
    ("Please describe gravity in easy words.", ["gravity", "force", "pull", "pulls"]),
]
SAMPLES = [
    "Explain quantum computing in simple terms.", "Hi!", "How are you today?", "What is your name?",
    "Who made you?", "What can you do?", "Explain photosynthesis in simple terms.", "Why is the sky blue?",
    "What is a black hole?", "How do I boil an egg?", "What is the capital of France?", "Tell me a joke.",
    "Write a short poem about the sea.", "What is 47 + 38?", "Which is larger, 91 or 19?",
    "What is machine learning?", "How does the internet work?", "I feel sad today.", "How can I sleep better?",
    "Give me three tips for saving money.", "What is the opposite of cold?", "What does brave mean?",
    "Tell me about dolphins.", "What is gravity?", "Who was Albert Einstein?", "How do I use the API?",
    "What is a token?", "Thank you for your help!", "Tell me a short story.", "Goodbye!",
]
